#include "models/fibers/scheduler.h"

#include <sys/epoll.h>

#include <algorithm>
#include <boost/assert.hpp>
#include <utility>

#include "models/epoll_wait.h"

namespace bakeoff::models::fibers {
namespace {

using boost::fibers::context;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostEvents = 64;  // Others are left to another idle thread. The array lies on a fiber's stack.

thread_local FiberScheduler* current_scheduler = nullptr;

std::uint32_t ready_of(std::uint32_t events) {
  std::uint32_t ready = 0;
  if (events & EPOLLIN) ready |= DescriptorState::kReadable;
  if (events & EPOLLOUT) ready |= DescriptorState::kWritable;
  // The end of input is remembered. It may have come together with bytes that a short read is about to take, and then
  // no further event will report it.
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
    ready |= DescriptorState::kReadable | DescriptorState::kWritable | DescriptorState::kEnded;
  return ready;
}

}  // namespace

FiberScheduler::FiberScheduler(std::shared_ptr<FiberThreadGroup> group)
    : group_(std::move(group)),
      thread_index_(group_->add_thread()),
      // Level-triggered, and cleared only by its own thread: so it stays readable until that thread has been woken.
      remote_wakeup_state_(group_->watch(remote_wakeup_.fd(), EPOLLIN)) {
  current_scheduler = this;
}

FiberScheduler::~FiberScheduler() {
  group_->unwatch(remote_wakeup_.fd(), remote_wakeup_state_);
}

FiberScheduler& FiberScheduler::current() {
  BOOST_ASSERT(current_scheduler);
  return *current_scheduler;
}

void FiberScheduler::await(DescriptorState& state, std::uint32_t wanted) noexcept {
  suspend_fiber({.state = &state, .wanted = wanted});
}

bool FiberScheduler::sleep(std::chrono::nanoseconds time, DescriptorState* peer, int socket) noexcept {
  FiberSleep sleep(Clock::now() + time, context::active(), peer, socket);
  suspend_fiber({.sleep = &sleep});
  return sleep.slept;
}

void FiberScheduler::end_sleeps() noexcept {
  group_->timers().end();
  wake_due_sleepers();
  group_->wake_idle_thread();
}

void FiberScheduler::suspend_fiber(const Suspension& suspension) noexcept {
  suspension_ = suspension;
  suspension_.fiber = context::active();
  suspension_.fiber->suspend();
}

/// Once the suspension is committed another thread may run the fiber: so it must have left its stack before, and must
/// belong to no thread.
void FiberScheduler::commit_suspension() noexcept {
  const Suspension who = std::exchange(suspension_, {});
  if (!who.fiber) return;
  if (can_migrate(*who.fiber)) who.fiber->detach();
  if (who.sleep) {
    if (!group_->timers().add(*who.sleep)) make_ready(*who.fiber);
    return;
  }
  // note_events() sets `ready` first and looks for a waiter then. Here it is the other way round, so one sees the
  // other.
  who.state->waiter = who.fiber;
  if (who.state->ready & who.wanted) note_events(*who.state, 0);
}

void FiberScheduler::note_events(DescriptorState& state, std::uint32_t ready) noexcept {
  if (ready != 0) state.ready |= ready;
  if (context* waiter = state.waiter.exchange(nullptr)) make_ready(*waiter);
  if ((ready & DescriptorState::kEnded) == 0) return;
  if (context* sleeper = group_->timers().wake_if_disconnected(state)) make_ready(*sleeper);
}

void FiberScheduler::make_ready(context& fiber) noexcept {
  can_migrate(fiber) ? group_->push(thread_index_, fiber) : context::active()->schedule(&fiber);
}

void FiberScheduler::wake_due_sleepers() noexcept {
  while (context* sleeper = group_->timers().next_due()) make_ready(*sleeper);
}

void FiberScheduler::awakened(context* fiber) noexcept {
  if (fiber->is_context(boost::fibers::type::dispatcher_context)) {
    dispatcher_ = fiber;
    return;
  }
  if (can_migrate(*fiber)) fiber->detach();
  group_->push(thread_index_, *fiber);
}

context* FiberScheduler::pick_next() noexcept {
  // Only the dispatcher may pick a fiber: another fiber that calls this has not left its stack yet.
  if (dispatcher_) return std::exchange(dispatcher_, nullptr);
  commit_suspension();
  if (turns_until_poll_ == 0 && group_->queued(thread_index_) != 0) {
    poll(std::chrono::nanoseconds{0});
    share_surplus();
  }
  context* next = group_->pop(thread_index_);
  if (!next) return nullptr;
  if (turns_until_poll_ > 0) --turns_until_poll_;
  if (can_migrate(*next)) context::active()->attach(next);
  return next;
}

void FiberScheduler::suspend_until(const Clock::time_point& until) noexcept {
  // Boost.Fiber looks at what other threads have sent it before it asks for the next fiber. A wakeup that has come
  // since then must not be forgotten.
  if (std::exchange(remote_wakeup_seen_, false) || !group_->begin_idle()) return;
  if (until == Clock::time_point::max()) {
    poll(std::nullopt);
  } else {
    poll(std::max(Clock::duration{0}, until - Clock::now()));
  }
  group_->end_idle();
  remote_wakeup_seen_ = false;
  share_surplus();
}

/// When more than one fiber is ready, an idle thread may take some.
void FiberScheduler::share_surplus() noexcept {
  if (group_->queued(thread_index_) > 1) group_->wake_idle_thread();
}

void FiberScheduler::notify() noexcept {
  remote_wakeup_.signal();
}

void FiberScheduler::poll(std::optional<std::chrono::nanoseconds> max_wait) noexcept {
  std::array<epoll_event, kMostEvents> events;
  const int count = wait_for_events(group_->epoll(), events, max_wait);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    DescriptorState& state = *static_cast<DescriptorState*>(event.data.ptr);
    if (&state == group_->timer_state()) {
      wake_due_sleepers();
    } else if (&state == &remote_wakeup_state_) {
      remote_wakeup_.clear();
      remote_wakeup_seen_ = true;
    } else if (&state == group_->wakeup_state()) {
      group_->wakeup_seen();
    } else {
      note_events(state, ready_of(event.events));
    }
  }
  turns_until_poll_ = group_->queued(thread_index_);
}

}  // namespace bakeoff::models::fibers
