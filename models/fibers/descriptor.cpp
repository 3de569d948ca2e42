#include "models/fibers/descriptor.h"

#include <sys/epoll.h>

#include <cerrno>

#include "models/fibers/scheduler.h"

namespace bakeoff::models::fibers {

FiberDescriptor::FiberDescriptor(int fd)
    : group_(FiberScheduler::current().group()),
      state_(group_.watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET)),
      fd_(fd) {}

FiberDescriptor::~FiberDescriptor() {
  group_.unwatch(fd_, state_);
}

bool FiberDescriptor::await(std::uint32_t wanted) {
  if (state_.ready & wanted) return false;
  do {
    FiberScheduler::current().await(state_, wanted);
  } while (!(state_.ready & wanted));
  return true;
}

bool FiberDescriptor::sleep(std::chrono::nanoseconds time) {
  return FiberScheduler::current().sleep(time, &state_, fd_);
}

void FiberDescriptor::wake() noexcept {
  FiberScheduler::current().note_events(state_, DescriptorState::kReadable);
}

bool would_block() noexcept {
  return errno == EAGAIN;
}

}  // namespace bakeoff::models::fibers
