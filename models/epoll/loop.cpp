#include "models/epoll/loop.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "models/epoll_wait.h"

namespace bakeoff::models::epoll {
namespace {

constexpr int kMostEvents = 128;

using std::chrono::nanoseconds;

}  // namespace

EpollLoop::EpollLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) throw std::system_error(errno, std::generic_category(), "make an epoll loop (epoll_create1)");
}

bool EpollLoop::watch(int fd, std::uint32_t events, EpollHandler& handler) noexcept {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &handler;
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void EpollLoop::unwatch(int fd) noexcept {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void EpollLoop::run() {
  std::array<epoll_event, kMostEvents> events;
  while (!ended_) {
    const int count = wait_for_events(epoll_.get(), events, max_wait());
    // Each descriptor has one event here, and no handler destroys another: so none of them can be gone before its call.
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      static_cast<EpollHandler*>(event.data.ptr)->on_event(event.events);
    }
    if (!sleepers_.empty()) wake_sleepers();
    if (!next_turns_.empty()) run_turns();
  }
}

/// How long the loop may wait for events; nullopt means for ever.
std::optional<nanoseconds> EpollLoop::max_wait() const {
  if (!next_turns_.empty()) return nanoseconds{0};
  if (sleepers_.empty()) return std::nullopt;
  return std::max(nanoseconds{0}, nanoseconds{sleepers_.begin()->time_to_wake_ - Clock::now()});
}

void EpollLoop::wake_sleepers() {
  for (const auto now = Clock::now(); !sleepers_.empty() && sleepers_.begin()->time_to_wake_ <= now;) {
    EpollHandler& handler = *sleepers_.begin();
    handler.unlink();
    handler.on_wake();
  }
}

void EpollLoop::run_turns() {
  current_turns_.swap(next_turns_);  // Handlers that ask for another turn meanwhile have it after the next events.
  for (EpollHandler* const handler : current_turns_) handler->on_wake();
  current_turns_.clear();
}

}  // namespace bakeoff::models::epoll
