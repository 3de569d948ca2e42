// The floor of loop models: one thread, one epoll, no session, no parser, no checks. It knows the one request that it
// is sent (INCR counter) by its length alone, and answers with the next number. What a loop model costs above
// this is the protocol, and the model.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

constexpr std::size_t kRequest = sizeof("*2\r\n$4\r\nINCR\r\n$7\r\ncounter\r\n") - 1;
char scratch[64 * 1024];
char replies[64 * 1024];
long long counter = 0;

/// False when the peer has gone. `rest` holds the bytes of the last request that have come so far.
bool serve(int fd, std::size_t& rest) {
  const ssize_t got = ::recv(fd, scratch, sizeof scratch, 0);
  if (got <= 0) return got < 0 && errno == EAGAIN;
  rest += static_cast<std::size_t>(got);
  char* end = replies;
  for (; rest >= kRequest; rest -= kRequest) {
    *end++ = ':';
    end = std::to_chars(end, end + 20, ++counter).ptr;
    *end++ = '\r';
    *end++ = '\n';
  }
  return end == replies || ::send(fd, replies, static_cast<std::size_t>(end - replies), MSG_NOSIGNAL) > 0;
}

}  // namespace

int main(int argc, char** argv) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1, epoll = ::epoll_create1(0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argc > 1 ? argv[1] : "0")));
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0 || ::listen(listener, 4096) != 0)
    return 1;
  std::vector<std::size_t> rests(1 << 20);
  epoll_event event{EPOLLIN, {.fd = listener}}, events[128];
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    const int count = ::epoll_wait(epoll, events, 128, -1);
    for (int i = 0; i < count; ++i) {
      if (const int fd = events[i].data.fd; fd != listener) {
        if (!serve(fd, rests[static_cast<std::size_t>(fd)])) ::close(fd);
      } else if (const int accepted = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK); accepted >= 0) {
        rests[static_cast<std::size_t>(accepted)] = 0;
        event = {EPOLLIN, {.fd = accepted}};
        ::epoll_ctl(epoll, EPOLL_CTL_ADD, accepted, &event);
      }
    }
  }
}
