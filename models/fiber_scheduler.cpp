#include "models/fiber_scheduler.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/assert.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

#include "models/epoll_wait.h"

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
  // fiber is on its way into suspend(), an event could make that very fiber ready before it has left. Right after
  // suspend_until() there is nothing new to see.
  if (!ready_.empty() && !just_polled_ && context::active()->is_context(boost::fibers::type::dispatcher_context)) {
    poll(std::chrono::nanoseconds{0});
  }
  just_polled_ = false;
  if (ready_.empty()) return nullptr;
  context* next = &ready_.front();
  ready_.pop_front();
  return next;
}

void FiberScheduler::suspend_until(const Clock::time_point& until) noexcept {
  if (until == Clock::time_point::max()) {
    poll(std::nullopt);
  } else {
    poll(std::max(Clock::duration{0}, until - Clock::now()));
  }
  just_polled_ = true;
}

void FiberScheduler::notify() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(alarm_.get(), &one, sizeof one);
}

void FiberScheduler::poll(std::optional<std::chrono::nanoseconds> patience) noexcept {
  std::array<epoll_event, kMostEvents> events;
  const int count = wait_for_events(epoll_.get(), events, patience);
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
