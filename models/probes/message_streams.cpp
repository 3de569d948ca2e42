// Messages through byte streams: two pipes, a pair of Unix sockets, a TCP connection over loopback without Nagle's
// delay. A message ends where its size says.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "models/net.h"
#include "models/probes/messages.h"
#include "models/probes/pipe.h"
#include "models/probes/probes.h"

namespace bakeoff::models::probes {
namespace {

std::system_error stream_error(const char* call) {
  return {errno, std::generic_category(), call};
}

/// What each side reads from and writes to.
class StreamMessages {
 public:
  void send(Side me, std::span<const std::byte> message) {
    while (!message.empty()) {
      const ssize_t sent = ::write(out_[me].get(), message.data(), message.size());
      if (sent < 0 && errno != EINTR) throw stream_error("write");
      if (sent > 0) message = message.subspan(static_cast<std::size_t>(sent));
    }
  }
  void receive(Side me, std::span<std::byte> message) {
    while (!message.empty()) {
      const ssize_t received = ::read(in_[me].get(), message.data(), message.size());
      if (received < 0 && errno != EINTR) throw stream_error("read");
      if (received == 0) throw std::runtime_error("the stream ended in the middle of a message");
      if (received > 0) message = message.subspan(static_cast<std::size_t>(received));
    }
  }

 protected:
  /// A socket reads and writes.
  void use_socket(Side side, Descriptor socket) {
    out_[side].reset(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
    if (!out_[side]) throw stream_error("fcntl");
    in_[side] = std::move(socket);
  }

  PerSide<Descriptor> in_, out_;
};

class PipeMessages : public StreamMessages {
 public:
  PipeMessages() {
    for (const Side side : {Side::here, Side::there}) {
      Pipe pipe = make_pipe();
      in_[side] = std::move(pipe.read_end);
      out_[other(side)] = std::move(pipe.write_end);
    }
  }
};

class UnixMessages : public StreamMessages {
 public:
  UnixMessages() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw stream_error("socketpair");
    use_socket(Side::here, Descriptor(ends[0]));
    use_socket(Side::there, Descriptor(ends[1]));
  }
};

class TcpMessages : public StreamMessages {
 public:
  TcpMessages() {
    const Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (!listener || ::bind(listener.get(), generic, size) != 0 || ::listen(listener.get(), 1) != 0 ||
        ::getsockname(listener.get(), generic, &size) != 0) {
      throw stream_error("listen on loopback");
    }
    Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!client || ::connect(client.get(), generic, size) != 0) throw stream_error("connect over loopback");
    Descriptor server(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!server) throw stream_error("accept4");
    for (const Descriptor* end : {&client, &server}) {
      const int on = 1;
      if (::setsockopt(end->get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) throw stream_error("TCP_NODELAY");
    }
    use_socket(Side::here, std::move(client));
    use_socket(Side::there, std::move(server));
  }
};

}  // namespace

ProbeResult probe_message_pipe(const workloads::Settings& settings) {
  PipeMessages messages;
  return exchange_messages(messages, settings);
}

ProbeResult probe_message_unix(const workloads::Settings& settings) {
  UnixMessages messages;
  return exchange_messages(messages, settings);
}

ProbeResult probe_message_tcp(const workloads::Settings& settings) {
  TcpMessages messages;
  return exchange_messages(messages, settings);
}

}  // namespace bakeoff::models::probes
