#include "models/fiber_scheduler.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/assert.hpp>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

namespace bakeoff {
namespace {

using boost::fibers::context;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostEvents = 128;  // The array lies on the dispatcher's stack.

thread_local FiberScheduler* current_scheduler = nullptr;

void watch(int epoll, int fd, void* who, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = who;
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
    throw std::system_error(errno, std::generic_category(), "watch a descriptor");
}

/// epoll_pwait2() has nanoseconds, and Linux 5.11; before that, milliseconds rounded up.
int wait_for_events(int epoll, epoll_event* events, const timespec* timeout) noexcept {
  const int count = ::epoll_pwait2(epoll, events, kMostEvents, timeout, nullptr);
  if (count >= 0 || errno != ENOSYS) return count;
  int milliseconds = -1;
  if (timeout) {
    const auto exact = (timeout->tv_nsec + 999'999) / 1'000'000;
    milliseconds = timeout->tv_sec > INT_MAX / 2000 ? INT_MAX / 2 : static_cast<int>(timeout->tv_sec * 1000 + exact);
  }
  return ::epoll_wait(epoll, events, kMostEvents, milliseconds);
}

}  // namespace

FiberScheduler::FiberScheduler()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), alarm_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!epoll_ || !alarm_) throw std::system_error(errno, std::generic_category(), "make a fiber scheduler");
  // Edge-triggered, so nobody needs to read it: each write raises a new edge.
  watch(epoll_.get(), alarm_.get(), nullptr, EPOLLIN | EPOLLET);
  current_scheduler = this;
}

FiberScheduler& FiberScheduler::current() {
  BOOST_ASSERT(current_scheduler);
  return *current_scheduler;
}

void FiberScheduler::awakened(context* fiber) noexcept {
  fiber->ready_link(ready_);
}

context* FiberScheduler::pick_next() noexcept {
  // The dispatcher comes round once after all ready fibers had their turn. Only then may events be looked at: when a
  // fiber is on its way into suspend(), an event could make that very fiber ready before it has left. A zero timespec,
  // because no timespec means for ever. Right after suspend_until() there is nothing new to see.
  if (!ready_.empty() && !just_polled_ && context::active()->is_context(boost::fibers::type::dispatcher_context)) {
    const timespec at_once{};
    poll(&at_once);
  }
  just_polled_ = false;
  if (ready_.empty()) return nullptr;
  context* next = &ready_.front();
  ready_.pop_front();
  return next;
}

void FiberScheduler::suspend_until(const Clock::time_point& until) noexcept {
  if (until == Clock::time_point::max()) {
    poll(nullptr);
  } else {
    const auto left = std::max(Clock::duration{0}, until - Clock::now());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec timeout{seconds.count(), static_cast<long>((left - seconds).count())};
    poll(&timeout);
  }
  just_polled_ = true;
}

void FiberScheduler::notify() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(alarm_.get(), &one, sizeof one);
}

void FiberScheduler::poll(const timespec* timeout) noexcept {
  std::array<epoll_event, kMostEvents> events;
  const int count = wait_for_events(epoll_.get(), events.data(), timeout);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    // Fibers run only after all events were noted, so none of these can be gone yet.
    if (event.data.ptr) static_cast<Awaited*>(event.data.ptr)->happened(event.events);
  }
}

Awaited::Awaited(int fd) : scheduler_(FiberScheduler::current()), fd_(fd) {
  watch(scheduler_.epoll_.get(), fd, this, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

Awaited::~Awaited() {
  ::epoll_ctl(scheduler_.epoll_.get(), EPOLL_CTL_DEL, fd_, nullptr);
}

bool Awaited::await(const bool& ready) {
  if (ready) return false;
  while (!ready) {
    BOOST_ASSERT(!waiter_);
    waiter_ = context::active();
    awaited_ = &ready;
    waiter_->suspend();
  }
  return true;
}

void Awaited::happened(std::uint32_t events) noexcept {
  // The end of input is remembered: it may have come together with bytes that a short read is about to take, and then
  // no further edge will tell of it.
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) over_ = true;
  if (events & EPOLLIN || over_) readable_ = true;
  if (events & EPOLLOUT || over_) writable_ = true;
  if (waiter_ && *awaited_) context::active()->schedule(std::exchange(waiter_, nullptr));
}

void Awaited::wake() noexcept {
  happened(EPOLLHUP);
}

}  // namespace bakeoff
