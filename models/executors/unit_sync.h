// How units that block synchronise: a barrier, bounded channels and a read-write lock. They are written over a mutex
// and a condition variable, whose kind differs between threads, processes and fibers. A unit that fails abandons the
// UnitSync. Units that wait in it, or come later, then throw, so that none waits for the failed one for ever.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <stdexcept>

#include "workloads/jobs/unit.h"

namespace bakeoff::models::executors {

/// Another unit has failed, and this one would wait for it for ever.
class OtherUnitFailed : public std::runtime_error {
 public:
  OtherUnitFailed() : std::runtime_error("another unit of the run has failed") {}
};

template <typename Mutex, typename Condition>
class Barrier {
 public:
  /// How many have to arrive. The number may fall while some wait already; then the barrier may open at once.
  void set_parties(std::size_t parties) {
    const std::unique_lock lock(mutex_);
    parties_ = parties;
    if (arrived_ != 0 && arrived_ >= parties_) open();
  }

  /// Returns the number of parties.
  std::size_t arrive_and_wait() {
    std::unique_lock lock(mutex_);
    if (++arrived_ >= parties_) {
      open();
      return parties_;
    }
    const std::uint64_t round = round_;
    while (round == round_ && !abandoned_) opened_.wait(lock);
    if (abandoned_) throw OtherUnitFailed();
    return parties_;
  }

  void abandon() {
    const std::unique_lock lock(mutex_);
    abandoned_ = true;
    opened_.notify_all();
  }

 private:
  void open() {
    arrived_ = 0;
    ++round_;
    opened_.notify_all();
  }

  Mutex mutex_;
  Condition opened_;
  std::size_t parties_ = 0;
  std::size_t arrived_ = 0;
  std::uint64_t round_ = 0;
  bool abandoned_ = false;
};

template <typename Mutex, typename Condition>
class Channel {
 public:
  void send(std::uint64_t value) {
    std::unique_lock lock(mutex_);
    while (sent_ - received_ == workloads::jobs::kChannelRoom && !abandoned_) not_full_.wait(lock);
    if (abandoned_) throw OtherUnitFailed();
    values_[sent_++ % workloads::jobs::kChannelRoom] = value;
    not_empty_.notify_one();
  }

  std::uint64_t receive() {
    std::unique_lock lock(mutex_);
    while (sent_ == received_ && !abandoned_) not_empty_.wait(lock);
    if (abandoned_) throw OtherUnitFailed();
    const std::uint64_t value = values_[received_++ % workloads::jobs::kChannelRoom];
    not_full_.notify_one();
    return value;
  }

  void abandon() {
    const std::unique_lock lock(mutex_);
    abandoned_ = true;
    not_full_.notify_all();
    not_empty_.notify_all();
  }

 private:
  Mutex mutex_;
  Condition not_full_, not_empty_;
  std::uint64_t sent_ = 0, received_ = 0;
  bool abandoned_ = false;
  std::array<std::uint64_t, workloads::jobs::kChannelRoom> values_{};
};

/// Any number of readers or one writer, in no fixed order. For kinds of units whose library has no such lock.
template <typename Mutex, typename Condition>
class ReadWriteLock {
 public:
  void lock_shared() {
    std::unique_lock lock(mutex_);
    while (writing_) freed_.wait(lock);
    ++readers_;
  }
  void unlock_shared() {
    const std::unique_lock lock(mutex_);
    if (--readers_ == 0) freed_.notify_all();
  }
  void lock() {
    std::unique_lock lock(mutex_);
    while (writing_ || readers_ != 0) freed_.wait(lock);
    writing_ = true;
  }
  void unlock() {
    const std::unique_lock lock(mutex_);
    writing_ = false;
    freed_.notify_all();
  }

 private:
  Mutex mutex_;
  Condition freed_;
  std::size_t readers_ = 0;
  bool writing_ = false;
};

/// All that the units of one run share.
template <typename Mutex, typename Condition, typename SharedMutex>
struct UnitSync {
  Barrier<Mutex, Condition> barrier;
  std::array<Channel<Mutex, Condition>, workloads::jobs::kChannels> channels;
  std::array<Mutex, workloads::jobs::kLocks> locks;
  SharedMutex read_write;

  void abandon() {
    barrier.abandon();
    for (auto& channel : channels) channel.abandon();
  }
};

/// Does the work of one unit. When it fails, keeps the failure and abandons the UnitSync.
template <typename UnitSync, typename Work>
void run_or_abandon(UnitSync& sync, std::exception_ptr& failure, const Work& work) {
  try {
    work();
  } catch (...) {
    failure = std::current_exception();
    sync.abandon();
  }
}

}  // namespace bakeoff::models::executors
