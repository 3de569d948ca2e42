#include "harness/load/talk.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "harness/load/monotonic.h"

namespace bakeoff {

TalkError::TalkError(const char* step, int code) : std::runtime_error(std::string(step) + ": " + std::strerror(code)) {}

Talk::Talk(const Peer& peer, std::uint64_t deadline_ns, const std::atomic<bool>& stop)
    : peer_(peer), deadline_ns_(deadline_ns), stop_(stop) {
  connect();
}

void Talk::connect() {
  if (const int code = link_.begin_connect(peer_); code != 0) throw TalkError("connect", code);
  if (link_.state == Link::State::open) return;
  wait_for(POLLOUT, "no connection within the time limit");
  if (const int code = link_.finish_connect(); code != 0) throw TalkError("connect", code);
}

void Talk::send(std::string_view bytes) {
  while (!bytes.empty()) {
    wait_for(POLLOUT, "the server does not read");
    const auto sent = ::send(link_.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) throw TalkError("send", errno);
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string_view Talk::receive() {
  for (;;) {
    wait_for(POLLIN, "no reply within the time limit");
    const auto got = ::recv(link_.fd, buffer_.data(), buffer_.size(), 0);
    if (got > 0) return {buffer_.data(), static_cast<std::size_t>(got)};
    if (got == 0) throw TalkError("the server closed the connection in mid-reply");
    if (errno != EAGAIN && errno != EINTR) throw TalkError("receive", errno);
  }
}

void Talk::wait_for(short events, const char* otherwise) {
  for (;;) {
    if (stop_) throw TalkError("interrupted");
    const std::uint64_t now = now_ns();
    if (now >= deadline_ns_) throw TalkError(otherwise);
    pollfd wanted{link_.fd, events, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>((deadline_ns_ - now) / 1'000'000) + 1);
    if (ready > 0) return;
    if (ready < 0 && errno != EINTR) throw TalkError("poll", errno);
  }
}

}  // namespace bakeoff
