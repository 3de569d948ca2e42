#include "models/fiber_scheduler.h"

#include <sys/epoll.h>

#include <algorithm>
#include <boost/assert.hpp>
#include <utility>

#include "models/epoll_wait.h"

namespace bakeoff {
namespace {

using boost::fibers::context;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostEvents = 64;  // The rest is another idle thread's. The array lies on the dispatcher's stack.

thread_local FiberScheduler* current_scheduler = nullptr;

std::uint32_t ready_of(std::uint32_t events) {
  std::uint32_t ready = 0;
  if (events & EPOLLIN) ready |= Interest::kReadable;
  if (events & EPOLLOUT) ready |= Interest::kWritable;
  // The end of input is remembered: it may have come together with bytes that a short read is about to take, and then
  // no further edge will tell of it.
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) ready |= Interest::kReadable | Interest::kWritable | Interest::kOver;
  return ready;
}

}  // namespace

FiberScheduler::FiberScheduler(std::shared_ptr<FiberCrew> crew)
    : crew_(std::move(crew)),
      place_(crew_->join()),
      // Level-triggered, and read by its own thread only: it stays until that thread has been woken.
      alarm_interest_(crew_->watch(alarm_.fd(), EPOLLIN)) {
  current_scheduler = this;
}

FiberScheduler::~FiberScheduler() {
  crew_->forget(alarm_.fd(), alarm_interest_);
}

FiberScheduler& FiberScheduler::current() {
  BOOST_ASSERT(current_scheduler);
  return *current_scheduler;
}

void FiberScheduler::await(Interest& interest, std::uint32_t wanted) noexcept {
  leave({.interest = &interest, .wanted = wanted});
}

bool FiberScheduler::sleep(std::chrono::nanoseconds time, Interest* peer, int socket) noexcept {
  FiberSleep sleep(Clock::now() + time, context::active(), peer, socket);
  leave({.sleep = &sleep});
  return sleep.slept;
}

void FiberScheduler::end_sleeps() noexcept {
  crew_->timers().end();
  wake_the_due();
  crew_->call_help();
}

void FiberScheduler::leave(const Leaving& leaving) noexcept {
  leaving_ = leaving;
  leaving_.fiber = context::active();
  leaving_.fiber->suspend();
}

/// Once a fiber is seated another thread may run it: so it must have left its stack, and be nobody's.
void FiberScheduler::seat() noexcept {
  const Leaving who = std::exchange(leaving_, {});
  if (!who.fiber) return;
  if (may_leave(*who.fiber)) who.fiber->detach();
  if (who.sleep) {
    if (!crew_->timers().add(*who.sleep)) make_ready(*who.fiber);
    return;
  }
  // Whoever notes an event looks for a waiter afterwards, and here it is the other way round: one sees the other.
  who.interest->waiter = who.fiber;
  if (who.interest->ready & who.wanted) happened(*who.interest, 0);
}

void FiberScheduler::happened(Interest& interest, std::uint32_t ready) noexcept {
  if (ready != 0) interest.ready |= ready;
  if (context* waiter = interest.waiter.exchange(nullptr)) make_ready(*waiter);
  if ((ready & Interest::kOver) == 0) return;
  if (context* sleeper = crew_->timers().peer_over(interest)) make_ready(*sleeper);
}

void FiberScheduler::make_ready(context& fiber) noexcept {
  may_leave(fiber) ? crew_->push(place_, fiber) : context::active()->schedule(&fiber);
}

void FiberScheduler::wake_the_due() noexcept {
  while (context* sleeper = crew_->timers().next_due()) make_ready(*sleeper);
}

void FiberScheduler::awakened(context* fiber) noexcept {
  if (fiber->is_context(boost::fibers::type::dispatcher_context)) {
    dispatcher_ = fiber;
    return;
  }
  if (may_leave(*fiber)) fiber->detach();
  crew_->push(place_, *fiber);
}

context* FiberScheduler::pick_next() noexcept {
  // Decisions are the dispatcher's: whoever calls from another fiber has not left its stack yet.
  if (dispatcher_) return std::exchange(dispatcher_, nullptr);
  seat();
  if (until_poll_ == 0 && crew_->queued(place_) != 0) {
    poll(std::chrono::nanoseconds{0});
    share();
  }
  context* next = crew_->pop(place_);
  if (!next) return nullptr;
  if (until_poll_ > 0) --until_poll_;
  if (may_leave(*next)) context::active()->attach(next);
  return next;
}

void FiberScheduler::suspend_until(const Clock::time_point& until) noexcept {
  // Boost.Fiber looks at what it was sent before it asks for the next fiber: a bell that rang since then would be
  // forgotten.
  if (std::exchange(heard_alarm_, false) || !crew_->rest()) return;
  if (until == Clock::time_point::max()) {
    poll(std::nullopt);
  } else {
    poll(std::max(Clock::duration{0}, until - Clock::now()));
  }
  crew_->rise();
  heard_alarm_ = false;
  share();
}

/// What is more than one fiber's turn may be done by somebody else.
void FiberScheduler::share() noexcept {
  if (crew_->queued(place_) > 1) crew_->call_help();
}

void FiberScheduler::notify() noexcept {
  alarm_.ring();
}

void FiberScheduler::poll(std::optional<std::chrono::nanoseconds> patience) noexcept {
  std::array<epoll_event, kMostEvents> events;
  const int count = wait_for_events(crew_->epoll(), events, patience);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    Interest& interest = *static_cast<Interest*>(event.data.ptr);
    if (&interest == crew_->clock()) {
      wake_the_due();
    } else if (&interest == &alarm_interest_) {
      alarm_.clear();
      heard_alarm_ = true;
    } else if (&interest == crew_->help()) {
      crew_->hear_call();
    } else {
      happened(interest, ready_of(event.events));
    }
  }
  until_poll_ = crew_->queued(place_);
}

}  // namespace bakeoff
