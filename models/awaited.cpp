#include "models/awaited.h"

#include <sys/epoll.h>

#include <cerrno>

#include "models/fiber_scheduler.h"

namespace bakeoff {

Awaited::Awaited(int fd)
    : crew_(FiberScheduler::current().crew()),
      interest_(crew_.watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET)),
      fd_(fd) {}

Awaited::~Awaited() {
  crew_.forget(fd_, interest_);
}

bool Awaited::await(std::uint32_t wanted) {
  if (interest_.ready & wanted) return false;
  do {
    FiberScheduler::current().await(interest_, wanted);
  } while (!(interest_.ready & wanted));
  return true;
}

bool Awaited::sleep(std::chrono::nanoseconds time) {
  return FiberScheduler::current().sleep(time, &interest_, fd_);
}

void Awaited::wake() noexcept {
  FiberScheduler::current().happened(interest_, Interest::kReadable);
}

bool would_block() noexcept {
  return errno == EAGAIN;
}

}  // namespace bakeoff
