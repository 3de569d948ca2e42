#include "harness/load/verify.h"

#include <poll.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "harness/load/monotonic.h"
#include "workloads/catalogue.h"

namespace bakeoff {
namespace {

/// What ends the verification; verify_server() turns it into its answer.
class Complaint : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  Complaint(const char* step, int code) : std::runtime_error(std::string(step) + ": " + std::strerror(code)) {}
};

/// One connection whose every wait ends at the deadline.
class Talk {
 public:
  Talk(const Peer& peer, std::uint64_t deadline_ns, const std::atomic<bool>& stop)
      : peer_(peer), deadline_ns_(deadline_ns), stop_(stop) {
    connect();
  }

  void connect() {
    if (const int code = link_.begin_connect(peer_); code != 0) throw Complaint("connect", code);
    if (link_.state == Link::State::open) return;
    wait_for(POLLOUT, "no connection within the time limit");
    if (const int code = link_.finish_connect(); code != 0) throw Complaint("connect", code);
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      wait_for(POLLOUT, "the server does not read");
      const auto sent = ::send(link_.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN && errno != EINTR) throw Complaint("send", errno);
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// Some bytes of a reply; valid until the next call.
  std::string_view receive() {
    for (;;) {
      wait_for(POLLIN, "no reply within the time limit");
      const auto got = ::recv(link_.fd, buffer_.data(), buffer_.size(), 0);
      if (got > 0) return {buffer_.data(), static_cast<std::size_t>(got)};
      if (got == 0) throw Complaint("the server closed the connection in mid-reply");
      if (errno != EAGAIN && errno != EINTR) throw Complaint("receive", errno);
    }
  }

 private:
  void wait_for(short events, const char* otherwise) {
    for (;;) {
      const std::uint64_t now = now_ns();
      if (now >= deadline_ns_ || stop_) throw Complaint(otherwise);
      pollfd wanted{link_.fd, events, 0};
      if (::poll(&wanted, 1, static_cast<int>((deadline_ns_ - now) / 1'000'000) + 1) > 0) return;
    }
  }

  const Peer& peer_;
  const std::uint64_t deadline_ns_;
  const std::atomic<bool>& stop_;
  Link link_;
  std::array<char, 16 * 1024> buffer_;
};

void converse(Talk& talk, ClientSession& session, ClientReceipt& receipt) {
  for (std::string request; session.next_request(request); request.clear()) {
    talk.send(request);
    ++receipt.requests;
    receipt.bytes_sent += request.size();
    for (std::uint32_t completed = 0; completed == 0;) {
      const std::string_view bytes = talk.receive();
      receipt.bytes_received += bytes.size();
      const Consumed consumed = session.consume(bytes);
      completed += consumed.completed;
      if (consumed.wrong != 0 || consumed.broken) throw Complaint(session.complaint());
      // A server that closes after a reply (an error reply may) has said so; the session goes on over a new connection.
      if (consumed.closing && completed != 0) talk.connect();
    }
    ++receipt.acknowledged;
  }
}

}  // namespace

std::string verify_server(const AgentPlan& plan, const Peer& peer, const std::atomic<bool>& stop,
                          ClientReceipt& receipt) {
  const auto session = find_workload(plan.workload)
                           ->make_verifier({.seed = plan.seed,
                                            .connection = plan.connections,
                                            .message_bytes = plan.message_bytes,
                                            .request = plan.request,
                                            .host = plan.host_field});
  const std::uint64_t deadline_ns = now_ns() + static_cast<std::uint64_t>(plan.connect_timeout_s * 1e9);
  try {
    Talk talk(peer, deadline_ns, stop);
    converse(talk, *session, receipt);
    return "";
  } catch (const Complaint& complaint) {
    return std::string("verify: ") + complaint.what();
  }
}

}  // namespace bakeoff
