// What threads and processes have in common: the kernel makes them wait, on a mutex or a condition variable that may
// lie in memory which processes share (PTHREAD_PROCESS_SHARED; between threads it costs the same).
#pragma once

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <mutex>
#include <string>
#include <system_error>

#include "models/executors/blocking_unit.h"
#include "models/executors/executor.h"
#include "models/executors/unit_sync.h"
#include "models/limits.h"
#include "models/live_count.h"

namespace bakeoff::models::executors {

/// Never destroyed: it may lie in memory whose other users have died.
class OsMutex {
 public:
  OsMutex() {
    pthread_mutexattr_t shared;
    ::pthread_mutexattr_init(&shared);
    ::pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    ::pthread_mutex_init(&mutex_, &shared);
    ::pthread_mutexattr_destroy(&shared);
  }
  void lock() { ::pthread_mutex_lock(&mutex_); }
  void unlock() { ::pthread_mutex_unlock(&mutex_); }
  bool try_lock() { return ::pthread_mutex_trylock(&mutex_) == 0; }
  bool try_lock_for(std::chrono::nanoseconds time) {
    timespec until{};
    ::clock_gettime(CLOCK_MONOTONIC, &until);
    const auto due = std::chrono::seconds(until.tv_sec) + std::chrono::nanoseconds(until.tv_nsec) + time;
    until.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(due).count();
    until.tv_nsec = (due % std::chrono::seconds(1)).count();
    return ::pthread_mutex_clocklock(&mutex_, CLOCK_MONOTONIC, &until) == 0;
  }
  pthread_mutex_t& native() { return mutex_; }

 private:
  pthread_mutex_t mutex_;
};

class OsCondition {
 public:
  OsCondition() {
    pthread_condattr_t shared;
    ::pthread_condattr_init(&shared);
    ::pthread_condattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    ::pthread_cond_init(&condition_, &shared);
    ::pthread_condattr_destroy(&shared);
  }
  void wait(std::unique_lock<OsMutex>& lock) { ::pthread_cond_wait(&condition_, &lock.mutex()->native()); }
  void notify_one() { ::pthread_cond_signal(&condition_); }
  void notify_all() { ::pthread_cond_broadcast(&condition_); }

 private:
  pthread_cond_t condition_;
};

/// The system's own read-write lock, which lets readers in before writers that wait.
class OsReadWriteLock {
 public:
  OsReadWriteLock() {
    pthread_rwlockattr_t shared;
    ::pthread_rwlockattr_init(&shared);
    ::pthread_rwlockattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    ::pthread_rwlock_init(&lock_, &shared);
    ::pthread_rwlockattr_destroy(&shared);
  }
  void lock_shared() { ::pthread_rwlock_rdlock(&lock_); }
  void unlock_shared() { ::pthread_rwlock_unlock(&lock_); }
  void lock() { ::pthread_rwlock_wrlock(&lock_); }
  void unlock() { ::pthread_rwlock_unlock(&lock_); }

 private:
  pthread_rwlock_t lock_;
};

using OsUnitSync = UnitSync<OsMutex, OsCondition, OsReadWriteLock>;

/// Processes share it: there is nothing in it that lies elsewhere.
struct OsShared {
  std::uint64_t most_live = UINT64_MAX;  ///< More units would leave too little for the rest of the machine.
  std::array<char, 160> limit{};         ///< What sets that bound.
  LiveCount count;
  OsUnitSync sync;

  /// Lowers `units` to what there is room for; returns the limit where it had to, "" otherwise.
  std::string limit_units(const Capacity& room, std::size_t& units) {
    most_live = room.units;
    room.limit.copy(limit.data(), limit.size() - 1);
    if (units <= room.units) return "";
    units = room.units;
    return room.limit;
  }
};

/// What the system has room for, less a reserve for everything else on the machine: a shell has to start meanwhile. The
/// reserve is at most a tenth, so that a small run is tried wherever it may fit. Reads /proc, so call it before timing.
inline Capacity capacity_less_reserve(Resource wanted) {
  constexpr std::uint64_t kMostLeft = 512;
  constexpr std::uint64_t kShareLeft = 10;
  Capacity room = capacity_for(wanted);
  const std::uint64_t left = std::min(kMostLeft, room.units / kShareLeft);
  room.units -= left;
  room.limit += ", of which room for " + std::to_string(left) + " is left to others";
  return room;
}

/// Throws LimitReached when `more` units would not fit.
inline void throw_over_limit(const OsShared& shared, std::uint64_t more) {
  if (shared.count.live() + more > shared.most_live) throw LimitReached(shared.limit.data());
}

/// Blocks the calling thread. Each executor adds how a unit makes more units.
class OsUnit : public BlockingUnit<OsUnitSync> {
 public:
  explicit OsUnit(OsShared& shared) : BlockingUnit(shared.sync), shared_(shared) {}

  workloads::jobs::UnitCall yield() override {
    ::sched_yield();
    return workloads::jobs::UnitCall();
  }
  workloads::jobs::UnitCall sleep(std::chrono::nanoseconds time) override {
    timespec left{.tv_sec = time / std::chrono::seconds(1), .tv_nsec = (time % std::chrono::seconds(1)).count()};
    while (::clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) continue;
    return workloads::jobs::UnitCall();
  }

 protected:
  OsShared& shared() const { return shared_; }

 private:
  OsShared& shared_;
};

}  // namespace bakeoff::models::executors
