#include "models/fibers/thread_group.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace bakeoff::models::fibers {

using boost::fibers::context;

bool can_migrate(const context& fiber) {
  return !fiber.is_context(boost::fibers::type::pinned_context);
}

FiberThreadGroup::FiberThreadGroup(std::size_t threads) : epoll_(::epoll_create1(EPOLL_CLOEXEC)), queues_(threads) {
  if (!epoll_) throw std::system_error(errno, std::generic_category(), "make a fiber scheduler (epoll_create1)");
  wakeup_state_ = &watch(wakeup_.fd(), EPOLLIN | EPOLLET);
  timer_state_ = &watch(timers_.fd(), EPOLLIN | EPOLLET);
}

/// One that is taken when it is no longer the last of unused_states_. To be called with the lock.
DescriptorState& FiberThreadGroup::unused_state() {
  if (unused_states_.empty()) {
    DescriptorState& another = states_.emplace_back();
    // Room for all states, so that giving one back needs no memory.
    if (unused_states_.capacity() < states_.size()) unused_states_.reserve(2 * states_.size());
    unused_states_.push_back(&another);
  }
  return *unused_states_.back();
}

DescriptorState& FiberThreadGroup::take_state() {
  const std::lock_guard lock(states_mutex_);
  DescriptorState& state = unused_state();
  unused_states_.pop_back();
  state.ready = 0;
  return state;
}

void FiberThreadGroup::give_back_state(DescriptorState& state) noexcept {
  const std::lock_guard lock(states_mutex_);
  unused_states_.push_back(&state);
}

DescriptorState& FiberThreadGroup::watch(int fd, std::uint32_t events) {
  const std::lock_guard lock(states_mutex_);
  DescriptorState& state = unused_state();
  // Not readable yet: the first event will tell, and a read before it would often find nothing.
  state.ready = DescriptorState::kWritable;
  epoll_event event{};
  event.events = events;
  event.data.ptr = &state;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    throw std::system_error(errno, std::generic_category(), "watch a descriptor");
  unused_states_.pop_back();
  return state;
}

void FiberThreadGroup::unwatch(int fd, DescriptorState& state) noexcept {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  give_back_state(state);
}

void FiberThreadGroup::push(std::size_t thread_index, context& fiber) noexcept {
  Queue& queue = queues_[thread_index];
  const std::lock_guard lock(queue.mutex);
  fiber.ready_link(queue.fibers);
  ++queue.length;
  if (can_migrate(fiber)) ++queue.movable;
}

context* FiberThreadGroup::take(Queue& queue, bool stealing) noexcept {
  if ((stealing ? queue.movable : queue.length) == 0) return nullptr;
  const std::lock_guard lock(queue.mutex);
  const auto found = stealing ? std::ranges::find_if(queue.fibers, can_migrate) : queue.fibers.begin();
  if (found == queue.fibers.end()) return nullptr;
  context* fiber = &*found;
  queue.fibers.erase(found);
  --queue.length;
  if (can_migrate(*fiber)) --queue.movable;
  return fiber;
}

context* FiberThreadGroup::pop(std::size_t thread_index) noexcept {
  context* fiber = take(queues_[thread_index], false);
  for (std::size_t i = 1; !fiber && i < queues_.size(); ++i) {
    fiber = take(queues_[(thread_index + i) % queues_.size()], true);
  }
  return fiber;
}

// A thread that queues a fiber looks at idle_threads_ afterwards, and a thread that becomes idle looks at the queues
// afterwards. In sequentially consistent order one of the two sees the other.
bool FiberThreadGroup::begin_idle() noexcept {
  ++idle_threads_;
  if (std::ranges::all_of(queues_, [](const Queue& queue) { return queue.movable == 0; })) return true;
  --idle_threads_;
  return false;
}

void FiberThreadGroup::wake_idle_thread() noexcept {
  if (idle_threads_ != 0 && !wakeup_sent_.exchange(true)) wakeup_.signal();
}

}  // namespace bakeoff::models::fibers
