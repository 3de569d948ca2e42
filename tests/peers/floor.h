// What the floors have in common: the one request that the counting ones know, its answer, a socket to listen on, and
// the loop of a server that has one thread and one epoll.
#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace floors {

inline constexpr std::size_t kRequest = sizeof("*2\r\n$4\r\nINCR\r\n$7\r\ncounter\r\n") - 1;

/// Writes ":<number>CRLF" and returns its end.
inline char* answer(char* to, long long number) {
  *to++ = ':';
  to = std::to_chars(to, to + 20, number).ptr;
  *to++ = '\r';
  *to++ = '\n';
  return to;
}

/// 127.0.0.1 and a port in decimal.
inline sockaddr_in loopback(const char* port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return where;
}

/// On 127.0.0.1 and the port that the first argument names; exits with 1 when that cannot be had.
inline int listen_on_argument(int argc, char** argv, int flags) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | flags, 0), on = 1;
  const sockaddr_in where = loopback(argc > 1 ? argv[1] : "0");
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 || ::listen(listener, 4096) != 0) {
    std::exit(1);
  }
  return listener;
}

/// Accepts for ever, and calls `serve` with the descriptor and the state of each connection that has something to read.
/// A connection's state begins as `fresh`. The connection is closed when `serve` returns false.
template <typename State, typename Serve>
[[noreturn]] void serve_with_epoll(int listener, const State& fresh, Serve serve) {
  const int epoll = ::epoll_create1(0);
  std::vector<State> states(1 << 20);
  epoll_event event{EPOLLIN, {.fd = listener}}, events[128];
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    const int count = ::epoll_wait(epoll, events, 128, -1);
    for (int i = 0; i < count; ++i) {
      if (const int fd = events[i].data.fd; fd != listener) {
        if (!serve(fd, states[static_cast<std::size_t>(fd)])) ::close(fd);
        continue;
      }
      for (int accepted; (accepted = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
        states[static_cast<std::size_t>(accepted)] = fresh;
        event = {EPOLLIN, {.fd = accepted}};
        ::epoll_ctl(epoll, EPOLL_CTL_ADD, accepted, &event);
      }
    }
  }
}

}  // namespace floors
