// The floor of models with a process per connection: as floor_threads.cpp, but what blocks in recv() is a forked
// process, so that each switch changes the address space too. The one thing shared is the number, in shared memory.
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <new>

#include "tests/peers/floor.h"

namespace {

void serve_blocking(int fd, std::atomic<long long>& counter) {
  char scratch[16 * 1024], replies[16 * 1024];
  for (std::size_t rest = 0;;) {
    const ssize_t got = ::recv(fd, scratch, sizeof scratch, 0);
    if (got <= 0) return;
    rest += static_cast<std::size_t>(got);
    char* end = replies;
    for (; rest >= floors::kRequest; rest -= floors::kRequest) {
      end = floors::answer(end, ++counter);
    }
    if (end != replies && ::send(fd, replies, static_cast<std::size_t>(end - replies), MSG_NOSIGNAL) < 0) return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int listener = floors::listen_on_argument(argc, argv, 0);
  void* const shared =
      ::mmap(nullptr, sizeof(std::atomic<long long>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 1;
  auto& counter = *new (shared) std::atomic<long long>(0);
  ::signal(SIGCHLD, SIG_IGN);  // No zombies.
  for (;;) {
    const int fd = ::accept(listener, nullptr, nullptr);
    if (fd < 0) continue;
    if (::fork() == 0) {
      serve_blocking(fd, counter);
      ::_exit(0);
    }
    ::close(fd);
  }
}
