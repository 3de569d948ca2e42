#include "models/fibers/timers.h"

#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "models/fibers/thread_group.h"
#include "models/peer_disconnect.h"

namespace bakeoff::models::fibers {

using Clock = std::chrono::steady_clock;

FiberTimers::FiberTimers() : timerfd_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  if (!timerfd_) throw std::system_error(errno, std::generic_category(), "make a clock for fibers (timerfd_create)");
  const itimerspec stopped{};
  if (::timerfd_settime(timerfd_.get(), 0, &stopped, nullptr) != 0) {
    throw std::system_error(errno, std::generic_category(), "set a clock for fibers (timerfd_settime)");
  }
}

bool FiberTimers::add(FiberSleep& sleep) noexcept {
  const std::lock_guard lock(mutex_);
  if (ended_ || peer_has_disconnected(sleep)) return sleep.slept = false;
  sleeps_.insert(sleep);
  if (sleep.peer) sleep.peer->sleep = &sleep;
  if (&*sleeps_.begin() == &sleep) arm_timerfd();
  return true;
}

boost::fibers::context* FiberTimers::next_due() noexcept {
  const std::lock_guard lock(mutex_);
  if (sleeps_.empty()) return nullptr;
  FiberSleep& first = *sleeps_.begin();
  const bool over = first.until <= Clock::now();
  if (!over && !ended_) {
    arm_timerfd();
    return nullptr;
  }
  sleeps_.erase(sleeps_.begin());
  if (first.peer) first.peer->sleep = nullptr;
  first.slept = over;
  return first.sleeper;
}

boost::fibers::context* FiberTimers::wake_if_disconnected(DescriptorState& peer) noexcept {
  const std::lock_guard lock(mutex_);
  FiberSleep* const sleep = peer.sleep;
  if (!sleep || !peer_has_disconnected(*sleep)) return nullptr;
  sleeps_.erase(sleeps_.iterator_to(*sleep));
  peer.sleep = nullptr;
  sleep->slept = false;
  return sleep->sleeper;
}

/// A late event may have noted the end of an earlier descriptor in this state, so the socket itself is asked.
bool FiberTimers::peer_has_disconnected(const FiberSleep& sleep) noexcept {
  return sleep.peer && (sleep.peer->ready & DescriptorState::kEnded) &&
         has_disconnected_by_now(sleep.socket, sleep.until - Clock::now());
}

void FiberTimers::end() noexcept {
  const std::lock_guard lock(mutex_);
  ended_ = true;
}

/// Linux's steady_clock is CLOCK_MONOTONIC.
void FiberTimers::arm_timerfd() noexcept {
  const auto until = std::max(sleeps_.begin()->until.time_since_epoch(), Clock::duration{1});  // 0 would stop it.
  itimerspec time{};
  time.it_value = to_timespec(until);
  ::timerfd_settime(timerfd_.get(), TFD_TIMER_ABSTIME, &time, nullptr);
}

}  // namespace bakeoff::models::fibers
