// The unit of a thread, a process or a fiber: its calls block, so that they never have to be awaited. Where and how it
// waits is in the UnitSync, which is written over its own kind of mutex.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "workloads/jobs/unit.h"

namespace bakeoff::models::executors {

/// How a unit yields, sleeps and makes more units is left to its kind. `UnitSync` is one of unit_sync.h's.
template <typename UnitSync>
class BlockingUnit : public workloads::jobs::Unit {
 public:
  explicit BlockingUnit(UnitSync& sync) : sync_(sync) {}

  std::chrono::nanoseconds now() const override { return std::chrono::steady_clock::now().time_since_epoch(); }
  workloads::jobs::UnitCall barrier() override { return workloads::jobs::UnitCall(sync_.barrier.arrive_and_wait()); }
  workloads::jobs::UnitCall send(std::size_t which, std::uint64_t value) override {
    sync_.channels.at(which).send(value);
    return workloads::jobs::UnitCall();
  }
  workloads::jobs::UnitCall receive(std::size_t which) override {
    return workloads::jobs::UnitCall(sync_.channels.at(which).receive());
  }
  workloads::jobs::UnitCall lock(std::size_t which) override {
    sync_.locks.at(which).lock();
    return workloads::jobs::UnitCall();
  }
  void unlock(std::size_t which) override { sync_.locks.at(which).unlock(); }
  workloads::jobs::UnitCall try_lock_for(std::size_t which, std::chrono::nanoseconds time) override {
    auto& lock = sync_.locks.at(which);
    return workloads::jobs::UnitCall((time.count() == 0 ? lock.try_lock() : lock.try_lock_for(time)) ? 1 : 0);
  }
  workloads::jobs::UnitCall lock_shared() override {
    sync_.read_write.lock_shared();
    return workloads::jobs::UnitCall();
  }
  void unlock_shared() override { sync_.read_write.unlock_shared(); }
  workloads::jobs::UnitCall lock_exclusive() override {
    sync_.read_write.lock();
    return workloads::jobs::UnitCall();
  }
  void unlock_exclusive() override { sync_.read_write.unlock(); }

 private:
  UnitSync& sync_;
};

}  // namespace bakeoff::models::executors
