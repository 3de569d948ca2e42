#include "models/fiber_crew.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace bakeoff {

using boost::fibers::context;

bool may_leave(const context& fiber) {
  return !fiber.is_context(boost::fibers::type::pinned_context);
}

FiberCrew::FiberCrew(std::size_t threads) : epoll_(::epoll_create1(EPOLL_CLOEXEC)), queues_(threads) {
  if (!epoll_) throw std::system_error(errno, std::generic_category(), "make a fiber scheduler (epoll_create1)");
  help_interest_ = &watch(help_.fd(), EPOLLIN | EPOLLET);
  clock_ = &watch(timers_.fd(), EPOLLIN | EPOLLET);
}

Interest& FiberCrew::watch(int fd, std::uint32_t events) {
  const std::lock_guard lock(interests_mutex_);
  if (unused_interests_.empty()) {
    Interest& another = interests_.emplace_back();
    // Room for all of them, so that forget() needs no memory.
    if (unused_interests_.capacity() < interests_.size()) unused_interests_.reserve(2 * interests_.size());
    unused_interests_.push_back(&another);
  }
  Interest& interest = *unused_interests_.back();
  // The first event says whether there is something to read: a read before it would often be in vain.
  interest.ready = Interest::kWritable;
  epoll_event event{};
  event.events = events;
  event.data.ptr = &interest;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    throw std::system_error(errno, std::generic_category(), "watch a descriptor");
  unused_interests_.pop_back();
  return interest;
}

void FiberCrew::forget(int fd, Interest& interest) noexcept {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  const std::lock_guard lock(interests_mutex_);
  unused_interests_.push_back(&interest);
}

void FiberCrew::push(std::size_t place, context& fiber) noexcept {
  Queue& queue = queues_[place];
  const std::lock_guard lock(queue.mutex);
  fiber.ready_link(queue.fibers);
  ++queue.length;
  if (may_leave(fiber)) ++queue.free;
}

context* FiberCrew::take(Queue& queue, bool as_thief) noexcept {
  if ((as_thief ? queue.free : queue.length) == 0) return nullptr;
  const std::lock_guard lock(queue.mutex);
  const auto found = as_thief ? std::ranges::find_if(queue.fibers, may_leave) : queue.fibers.begin();
  if (found == queue.fibers.end()) return nullptr;
  context* fiber = &*found;
  queue.fibers.erase(found);
  --queue.length;
  if (may_leave(*fiber)) --queue.free;
  return fiber;
}

context* FiberCrew::pop(std::size_t place) noexcept {
  context* fiber = take(queues_[place], false);
  for (std::size_t i = 1; !fiber && i < queues_.size(); ++i) {
    fiber = take(queues_[(place + i) % queues_.size()], true);
  }
  return fiber;
}

// Whoever queues a fiber looks at resting_ afterwards, and whoever rests looks at the queues afterwards: in
// sequentially consistent order one of the two sees the other.
bool FiberCrew::rest() noexcept {
  ++resting_;
  if (std::ranges::all_of(queues_, [](const Queue& queue) { return queue.free == 0; })) return true;
  --resting_;
  return false;
}

void FiberCrew::call_help() noexcept {
  if (resting_ != 0 && !called_.exchange(true)) help_.ring();
}

}  // namespace bakeoff
