// What the floors have in common: the one request that they know, its answer, and a socket to listen on.
#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

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

/// On 127.0.0.1 and the port that the first argument names; exits with 1 when that cannot be had.
inline int listen_on_argument(int argc, char** argv, int flags) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | flags, 0), on = 1;
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argc > 1 ? argv[1] : "0")));
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0 || ::listen(listener, 4096) != 0) {
    std::exit(1);
  }
  return listener;
}

}  // namespace floors
