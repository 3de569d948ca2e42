// Switches by memory that both parties see: whose turn it is stands in a word, and who waits for it sleeps on a futex
// or on a condition variable, or yields its CPU until it is.
#include <sched.h>

#include <mutex>
#include <stdexcept>

#include "models/executors/os_unit.h"
#include "models/probes/futex.h"
#include "models/probes/ping_pong.h"
#include "models/probes/probes.h"

namespace bakeoff::models::probes {
namespace {

class FutexTurn {
 public:
  void wait(Side me) {
    FutexWord& turn = turn_[me];
    while (turn.load(std::memory_order_acquire) == 0) futex_wait(turn, 0);
    turn.store(0, std::memory_order_relaxed);
  }
  void wake(Side whom) {
    FutexWord& turn = turn_[whom];
    turn.store(1, std::memory_order_release);
    futex_wake(turn);
  }

 private:
  PerSide<FutexWord> turn_;  // 1: it is this side's turn.
};

class ConditionTurn {
 public:
  void wait(Side me) {
    std::unique_lock lock(mutex_);
    while (turn_ != me) changed_[me].wait(lock);
  }
  /// Signals after it has unlocked: with the mutex held the woken party may run into it and sleep again.
  void wake(Side whom) {
    {
      const std::unique_lock lock(mutex_);
      turn_ = whom;
    }
    changed_[whom].notify_one();
  }

 private:
  executors::OsMutex mutex_;
  PerSide<executors::OsCondition> changed_;
  Side turn_ = Side::here;
};

class YieldTurn {
 public:
  void wait(Side me) {
    while (turn_.load(std::memory_order_acquire) != me) ::sched_yield();
  }
  void wake(Side whom) { turn_.store(whom, std::memory_order_release); }

 private:
  std::atomic<Side> turn_{Side::here};
};

template <typename Turn>
ProbeResult take_turns(const workloads::Settings& settings) {
  const SharedArray<Turn> turn(1);
  return ping_pong(turn[0], settings);
}

}  // namespace

ProbeResult probe_switch_futex(const workloads::Settings& settings) {
  return take_turns<FutexTurn>(settings);
}

ProbeResult probe_switch_condition(const workloads::Settings& settings) {
  return take_turns<ConditionTurn>(settings);
}

ProbeResult probe_switch_yield(const workloads::Settings& settings) {
  if (settings.text("place") == "other") {
    throw std::invalid_argument("switch-yield needs place=same: on two CPUs both parties run on and nothing switches");
  }
  return take_turns<YieldTurn>(settings);
}

}  // namespace bakeoff::models::probes
