// The unit of a thread, a process or a fiber: one that blocks where it stands, so that no call of it ever has to be
// awaited. Where and how it waits is in the meeting, which is written over its own kind of mutex.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "workloads/jobs/unit.h"

namespace bakeoff {

/// How it gives way, sleeps and makes more units is left to the kind. `Meeting` is one of meeting.h's.
template <typename Meeting>
class BlockingUnit : public Unit {
 public:
  explicit BlockingUnit(Meeting& meeting) : meeting_(meeting) {}

  std::chrono::nanoseconds now() const override { return std::chrono::steady_clock::now().time_since_epoch(); }
  UnitCall barrier() override { return UnitCall(meeting_.gate.arrive_and_wait()); }
  UnitCall send(std::uint64_t value) override {
    meeting_.channel.send(value);
    return UnitCall();
  }
  UnitCall receive() override { return UnitCall(meeting_.channel.receive()); }
  UnitCall lock(std::size_t which) override {
    meeting_.locks.at(which).lock();
    return UnitCall();
  }
  void unlock(std::size_t which) override { meeting_.locks.at(which).unlock(); }
  UnitCall try_lock_for(std::size_t which, std::chrono::nanoseconds time) override {
    auto& lock = meeting_.locks.at(which);
    return UnitCall((time.count() == 0 ? lock.try_lock() : lock.try_lock_for(time)) ? 1 : 0);
  }
  UnitCall lock_shared() override {
    meeting_.read_write.lock_shared();
    return UnitCall();
  }
  void unlock_shared() override { meeting_.read_write.unlock_shared(); }
  UnitCall lock_alone() override {
    meeting_.read_write.lock();
    return UnitCall();
  }
  void unlock_alone() override { meeting_.read_write.unlock(); }

 private:
  Meeting& meeting_;
};

}  // namespace bakeoff
