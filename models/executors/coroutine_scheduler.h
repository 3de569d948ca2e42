// Resumes coroutines, one at a time, on the thread that calls run(): a queue of those that may go on, and the sleepers.
#pragma once

#include <array>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "workloads/jobs/unit.h"

namespace bakeoff::models::executors {

class CoroutineScheduler {
 public:
  /// A unit that waits, and where its result goes.
  struct Waiting {
    std::coroutine_handle<> handle;
    std::uint64_t* result = nullptr;
  };

  void ready(std::coroutine_handle<> handle) { ready_.push_back(handle); }
  void sleep(std::chrono::nanoseconds time, std::coroutine_handle<> handle);

  void set_parties(std::size_t parties) { parties_ = parties; }
  /// `waiting` gets the number of parties.
  void arrive(Waiting waiting);

  void send(std::size_t which, std::uint64_t value, std::coroutine_handle<> handle);
  void receive(std::size_t which, Waiting waiting);

  void lock(std::size_t which, Waiting waiting);
  void unlock(std::size_t which);
  bool try_lock(std::size_t which) { return !std::exchange(locks_.at(which).held, true); }
  /// `waiting` gets 0 when the lock was not free in time.
  void lock_for(std::size_t which, std::chrono::nanoseconds time, Waiting waiting);

  void lock_shared(Waiting waiting);
  void unlock_shared();
  void lock_exclusive(Waiting waiting);
  void unlock_exclusive();

  /// Until no coroutine is left that is ready or sleeps.
  void run();

 private:
  using Clock = std::chrono::steady_clock;
  struct Sender {
    std::uint64_t value;
    std::coroutine_handle<> handle;
  };
  struct Channel {
    std::deque<std::uint64_t> values;
    std::deque<Sender> senders;
    std::deque<Waiting> receivers;
  };
  struct Lock {
    bool held = false;
    std::deque<Waiting> queue;
  };
  /// The end of a sleep, or of a wait for a lock.
  struct Timer {
    std::coroutine_handle<> handle;
    Lock* lock = nullptr;
  };
  void wake_due_sleepers();
  void wake_with(Waiting to, std::uint64_t result);

  std::deque<std::coroutine_handle<>> ready_;
  std::multimap<Clock::time_point, Timer> timers_;
  std::size_t parties_ = 0;
  std::vector<Waiting> arrived_;
  std::array<Channel, workloads::jobs::kChannels> channels_;
  std::array<Lock, workloads::jobs::kLocks> locks_;
  /// Waits for the read-write lock.
  struct ReadWriteWaiter {
    Waiting waiting;
    bool writes;
  };
  void admit_next();
  std::size_t readers_ = 0;
  bool writing_ = false;
  std::deque<ReadWriteWaiter> read_write_queue_;
};

}  // namespace bakeoff::models::executors
