// A server that ends every connection after so many replies (its second argument) without a word of it in the protocol:
// what it costs a load generator to connect again. With "late" behind them it does so when the next request has come,
// which gets no reply. One thread, one epoll; it takes every read for one GET, and is as fast at accepting as the
// kernel lets one thread be.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <vector>

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
  const int listener = floors::listen_on_argument(argc, argv, SOCK_NONBLOCK);
  const long replies = argc > 2 ? std::atol(argv[2]) : 10;
  late = argc > 3 && argv[3] == std::string_view("late");
  const int epoll = ::epoll_create1(0);
  std::vector<long> left(1 << 20);
  epoll_event event{EPOLLIN, {.fd = listener}}, events[128];
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    const int count = ::epoll_wait(epoll, events, 128, -1);
    for (int i = 0; i < count; ++i) {
      if (const int fd = events[i].data.fd; fd != listener) {
        if (!serve(fd, left[static_cast<std::size_t>(fd)])) ::close(fd);
        continue;
      }
      for (int accepted; (accepted = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
        left[static_cast<std::size_t>(accepted)] = replies;
        event = {EPOLLIN, {.fd = accepted}};
        ::epoll_ctl(epoll, EPOLL_CTL_ADD, accepted, &event);
      }
    }
  }
}
