// How units that block meet: a barrier that opens when all have come, and a bounded channel. Written over the mutex and
// condition variable of the kind of unit, which is what differs between threads, processes and fibers. A unit that
// fails abandons the UnitSync, so that nobody waits for it for ever: whoever waits there, or comes later, throws.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <stdexcept>

#include "workloads/jobs/unit.h"

namespace bakeoff::models::executors {

/// Another unit has failed, and this one would wait for it.
class OtherUnitFailed : public std::runtime_error {
 public:
  OtherUnitFailed() : std::runtime_error("another unit of the run has failed") {}
};

template <typename Mutex, typename Condition>
class Barrier {
 public:
  /// How many have to come. May fall while some wait already: then they are enough, perhaps.
  void set_parties(std::size_t parties) {
    const std::unique_lock lock(mutex_);
    parties_ = parties;
    if (arrived_ != 0 && arrived_ >= parties_) open();
  }

  /// How many there are.
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

/// Readers together or one writer, whoever comes first: for kinds of units whose library has none.
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
  Channel<Mutex, Condition> channel;
  std::array<Mutex, workloads::jobs::kLocks> locks;
  SharedMutex read_write;

  void abandon() {
    barrier.abandon();
    channel.abandon();
  }
};

/// The work of one unit; when it fails, the failure is kept, and those that wait for the unit are told.
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
