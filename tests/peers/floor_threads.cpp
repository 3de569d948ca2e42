// The floor of blocking models: a thread per connection, recv and send, no session, no parser, no checks; see
// floor_epoll.cpp. The one thing shared is the number, an atomic.
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

#include "tests/peers/floor.h"

namespace {

std::atomic<long long> counter{0};

void* serve(void* argument) {
  const int fd = static_cast<int>(reinterpret_cast<std::intptr_t>(argument));
  char scratch[16 * 1024], replies[16 * 1024];
  for (std::size_t rest = 0;;) {
    const ssize_t got = ::recv(fd, scratch, sizeof scratch, 0);
    if (got <= 0) break;
    rest += static_cast<std::size_t>(got);
    char* end = replies;
    for (; rest >= floors::kRequest; rest -= floors::kRequest) {
      end = floors::answer(end, ++counter);
    }
    if (end != replies && ::send(fd, replies, static_cast<std::size_t>(end - replies), MSG_NOSIGNAL) < 0) break;
  }
  ::close(fd);
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  const int listener = floors::listen_on_argument(argc, argv, 0);
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
