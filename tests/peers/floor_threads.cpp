// The floor of blocking models: a thread a connection, recv and send, no session, no parser, no checks; see
// floor_epoll.cpp. The one thing shared is the number, an atomic.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstdlib>

namespace {

constexpr std::size_t kRequest = sizeof("*2\r\n$4\r\nINCR\r\n$7\r\ncounter\r\n") - 1;
std::atomic<long long> counter{0};

void* serve(void* argument) {
  const int fd = static_cast<int>(reinterpret_cast<std::intptr_t>(argument));
  char scratch[16 * 1024], replies[16 * 1024];
  for (std::size_t rest = 0;;) {
    const ssize_t got = ::recv(fd, scratch, sizeof scratch, 0);
    if (got <= 0) break;
    rest += static_cast<std::size_t>(got);
    char* end = replies;
    for (; rest >= kRequest; rest -= kRequest) {
      *end++ = ':';
      end = std::to_chars(end, end + 20, ++counter).ptr;
      *end++ = '\r';
      *end++ = '\n';
    }
    if (end != replies && ::send(fd, replies, static_cast<std::size_t>(end - replies), MSG_NOSIGNAL) < 0) break;
  }
  ::close(fd);
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0), on = 1;
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argc > 1 ? argv[1] : "0")));
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0 || ::listen(listener, 4096) != 0)
    return 1;
  pthread_attr_t detached;
  ::pthread_attr_init(&detached);
  ::pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  ::pthread_attr_setstacksize(&detached, 256 * 1024);
  for (;;) {
    const int fd = ::accept(listener, nullptr, nullptr);
    pthread_t thread;
    if (fd >= 0 && ::pthread_create(&thread, &detached, serve, reinterpret_cast<void*>(std::intptr_t{fd})) != 0) {
      ::close(fd);
    }
  }
}
