// A server that ends every connection after a number of replies (its second argument) without a word of it in the
// protocol: what it costs a load generator to connect again. With "late" behind them it does so when the next request
// has come, which gets no reply. One thread, one epoll; it takes every read for one GET, and is as fast at accepting as
// the kernel lets one thread be.
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "tests/peers/floor.h"

namespace {

bool late = false;

constexpr std::string_view kReply = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World!";

/// False when the connection is over: the peer has gone, or has had its replies.
bool serve(int fd, long& left) {
  char scratch[4096];
  const ssize_t got = ::recv(fd, scratch, sizeof scratch, 0);
  if (got <= 0) return got < 0 && errno == EAGAIN;
  if (left == 0) return false;
  return ::send(fd, kReply.data(), kReply.size(), MSG_NOSIGNAL) > 0 && (--left != 0 || late);
}

}  // namespace

int main(int argc, char** argv) {
  const long replies = argc > 2 ? std::atol(argv[2]) : 10;
  late = argc > 3 && argv[3] == std::string_view("late");
  floors::serve_with_epoll(floors::listen_on_argument(argc, argv, SOCK_NONBLOCK), replies, serve);
}
