// A coroutine as a unit of a job: its waits, its run and its children. Everything is on one thread, in the order of
// coroutine_scheduler.h.
#pragma once

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "models/executors/coroutine_scheduler.h"
#include "models/live_count.h"

namespace bakeoff::models::executors {

/// Shared by all units of a job.
struct CoroutineShared {
  CoroutineScheduler scheduler;
  LiveCount count;
};

class CoroutineChildren;

/// Its calls suspend the calling coroutine. What it waits for is kept until it is suspended.
class CoroutineUnit final : public workloads::jobs::Unit, private workloads::jobs::Parking {
 public:
  explicit CoroutineUnit(CoroutineShared& shared);
  ~CoroutineUnit() override;

  workloads::jobs::UnitCall yield() override {
    return suspend_with([this](CoroutineScheduler::Waiting waiting) { shared_.scheduler.ready(waiting.handle); });
  }
  workloads::jobs::UnitCall sleep(std::chrono::nanoseconds time) override {
    return suspend_with(
        [this, time](CoroutineScheduler::Waiting waiting) { shared_.scheduler.sleep(time, waiting.handle); });
  }
  std::chrono::nanoseconds now() const override { return std::chrono::steady_clock::now().time_since_epoch(); }
  workloads::jobs::UnitCall barrier() override {
    return suspend_with([this](CoroutineScheduler::Waiting waiting) { shared_.scheduler.arrive(waiting); });
  }
  workloads::jobs::UnitCall send(std::size_t which, std::uint64_t value) override {
    return suspend_with([this, which, value](CoroutineScheduler::Waiting waiting) {
      shared_.scheduler.send(which, value, waiting.handle);
    });
  }
  workloads::jobs::UnitCall receive(std::size_t which) override {
    return suspend_with(
        [this, which](CoroutineScheduler::Waiting waiting) { shared_.scheduler.receive(which, waiting); });
  }
  workloads::jobs::UnitCall lock(std::size_t which) override {
    return suspend_with([this, which](CoroutineScheduler::Waiting waiting) { shared_.scheduler.lock(which, waiting); });
  }
  void unlock(std::size_t which) override { shared_.scheduler.unlock(which); }
  workloads::jobs::UnitCall try_lock_for(std::size_t which, std::chrono::nanoseconds time) override {
    if (time.count() == 0) return workloads::jobs::UnitCall(shared_.scheduler.try_lock(which) ? 1 : 0);
    return suspend_with(
        [this, which, time](CoroutineScheduler::Waiting waiting) { shared_.scheduler.lock_for(which, time, waiting); });
  }
  workloads::jobs::UnitCall lock_shared() override {
    return suspend_with([this](CoroutineScheduler::Waiting waiting) { shared_.scheduler.lock_shared(waiting); });
  }
  void unlock_shared() override { shared_.scheduler.unlock_shared(); }
  workloads::jobs::UnitCall lock_exclusive() override {
    return suspend_with([this](CoroutineScheduler::Waiting waiting) { shared_.scheduler.lock_exclusive(waiting); });
  }
  void unlock_exclusive() override { shared_.scheduler.unlock_exclusive(); }
  workloads::jobs::UnitCall fan_out(std::size_t count, const workloads::jobs::ChildWork& work) override;

 private:
  using Suspend = std::function<void(CoroutineScheduler::Waiting)>;

  workloads::jobs::UnitCall suspend_with(Suspend suspend) {
    suspend_ = std::move(suspend);
    return workloads::jobs::UnitCall(static_cast<workloads::jobs::Parking&>(*this));
  }
  void park(std::coroutine_handle<> handle, std::uint64_t* result) override { suspend_({handle, result}); }
  std::uint64_t resumed(std::uint64_t result) override;

  CoroutineShared& shared_;
  Suspend suspend_;
  std::unique_ptr<CoroutineChildren> children_;  // During a fan_out().
};

/// A unit and its work; counted as alive while it runs.
class RunningCoroutine final : private workloads::jobs::WorkObserver {
 public:
  /// `work` takes the unit and returns its UnitWork. `children` is notified of its end.
  template <typename Work>
  RunningCoroutine(CoroutineShared& shared, const Work& work, CoroutineChildren* children = nullptr)
      : count_(shared.count), children_(children), unit_(shared), work_(work(unit_)) {
    work_.watch(*this);
    shared.scheduler.ready(work_.handle());
  }
  std::uint64_t answer() const { return work_.answer(); }

 private:
  void begins() noexcept override { held_.emplace(count_); }
  void ends() noexcept override;

  LiveCount& count_;
  CoroutineChildren* children_;
  std::optional<LiveCount::Scope> held_;
  CoroutineUnit unit_;
  workloads::jobs::UnitWork work_;
};

/// Children, and the parent that waits for them.
class CoroutineChildren {
 public:
  CoroutineChildren(CoroutineShared& shared, std::size_t count, const workloads::jobs::ChildWork& work,
                    CoroutineScheduler::Waiting parent)
      : scheduler_(shared.scheduler), left_(count), parent_(parent) {
    for (std::size_t i = 0; i < count; ++i)
      coroutines_.emplace_back(
          shared, [&](workloads::jobs::Unit& unit) { return work(unit, i); }, this);
    if (count == 0) scheduler_.ready(parent_.handle);
  }
  void child_ended() {
    if (--left_ == 0) scheduler_.ready(parent_.handle);
  }
  std::uint64_t sum() const {
    std::uint64_t sum = 0;
    for (const RunningCoroutine& child : coroutines_) sum += child.answer();
    return sum;
  }

 private:
  CoroutineScheduler& scheduler_;
  std::size_t left_;
  CoroutineScheduler::Waiting parent_;
  std::deque<RunningCoroutine> coroutines_;
};

inline CoroutineUnit::CoroutineUnit(CoroutineShared& shared) : shared_(shared) {}
inline CoroutineUnit::~CoroutineUnit() = default;

inline workloads::jobs::UnitCall CoroutineUnit::fan_out(std::size_t count, const workloads::jobs::ChildWork& work) {
  return suspend_with([this, count, &work](CoroutineScheduler::Waiting waiting) {
    children_ = std::make_unique<CoroutineChildren>(shared_, count, work, waiting);
  });
}

inline std::uint64_t CoroutineUnit::resumed(std::uint64_t result) {
  if (!children_) return result;
  const auto children = std::move(children_);
  return children->sum();
}

inline void RunningCoroutine::ends() noexcept {
  held_.reset();
  if (children_ != nullptr) children_->child_ended();
}

}  // namespace bakeoff::models::executors
