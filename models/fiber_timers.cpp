#include "models/fiber_timers.h"

#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace bakeoff {

using Clock = std::chrono::steady_clock;

FiberTimers::FiberTimers() : clock_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  if (!clock_) throw std::system_error(errno, std::generic_category(), "make a clock for fibers (timerfd_create)");
  const itimerspec stopped{};
  if (::timerfd_settime(clock_.get(), 0, &stopped, nullptr) != 0) {
    throw std::system_error(errno, std::generic_category(), "set a clock for fibers (timerfd_settime)");
  }
}

bool FiberTimers::add(FiberSleep& sleep) noexcept {
  const std::lock_guard lock(mutex_);
  if (ended_) return sleep.slept = false;
  sleeps_.insert(sleep);
  if (&*sleeps_.begin() == &sleep) set_clock();
  return true;
}

boost::fibers::context* FiberTimers::next_due() noexcept {
  const std::lock_guard lock(mutex_);
  if (sleeps_.empty()) return nullptr;
  FiberSleep& first = *sleeps_.begin();
  const bool over = first.until <= Clock::now();
  if (!over && !ended_) {
    set_clock();
    return nullptr;
  }
  sleeps_.erase(sleeps_.begin());
  first.slept = over;
  return first.sleeper;
}

void FiberTimers::end() noexcept {
  const std::lock_guard lock(mutex_);
  ended_ = true;
}

/// Linux's steady_clock is CLOCK_MONOTONIC.
void FiberTimers::set_clock() noexcept {
  const auto until = std::max(sleeps_.begin()->until.time_since_epoch(), Clock::duration{1});  // 0 would stop it.
  itimerspec time{};
  time.it_value = to_timespec(until);
  ::timerfd_settime(clock_.get(), TFD_TIMER_ABSTIME, &time, nullptr);
}

}  // namespace bakeoff
