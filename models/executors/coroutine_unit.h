// A coroutine as a unit of a job: how it waits, how it lives, and how it has children. Everything on one thread, in the
// order of coroutine_loop.h.
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

#include "models/executors/coroutine_loop.h"
#include "models/live_count.h"

namespace bakeoff {

/// Of all units of a job.
struct CoroutineShared {
  CoroutineLoop loop;
  LiveCount count;
};

class CoroutineBrood;

/// Suspends whoever calls; what it waits for is noted until it is suspended.
class CoroutineUnit final : public Unit, private Parking {
 public:
  explicit CoroutineUnit(CoroutineShared& shared);
  ~CoroutineUnit() override;

  UnitCall yield() override {
    return until([this](CoroutineLoop::Waiting waiting) { shared_.loop.ready(waiting.handle); });
  }
  UnitCall sleep(std::chrono::nanoseconds time) override {
    return until([this, time](CoroutineLoop::Waiting waiting) { shared_.loop.sleep(time, waiting.handle); });
  }
  std::chrono::nanoseconds now() const override { return std::chrono::steady_clock::now().time_since_epoch(); }
  UnitCall barrier() override {
    return until([this](CoroutineLoop::Waiting waiting) { shared_.loop.arrive(waiting); });
  }
  UnitCall send(std::uint64_t value) override {
    return until([this, value](CoroutineLoop::Waiting waiting) { shared_.loop.send(value, waiting.handle); });
  }
  UnitCall receive() override {
    return until([this](CoroutineLoop::Waiting waiting) { shared_.loop.receive(waiting); });
  }
  UnitCall lock(std::size_t which) override {
    return until([this, which](CoroutineLoop::Waiting waiting) { shared_.loop.lock(which, waiting); });
  }
  void unlock(std::size_t which) override { shared_.loop.unlock(which); }
  UnitCall try_lock_for(std::size_t which, std::chrono::nanoseconds time) override {
    if (time.count() == 0) return UnitCall(shared_.loop.try_lock(which) ? 1 : 0);
    return until([this, which, time](CoroutineLoop::Waiting waiting) { shared_.loop.lock_for(which, time, waiting); });
  }
  UnitCall lock_shared() override {
    return until([this](CoroutineLoop::Waiting waiting) { shared_.loop.lock_shared(waiting); });
  }
  void unlock_shared() override { shared_.loop.unlock_shared(); }
  UnitCall lock_alone() override {
    return until([this](CoroutineLoop::Waiting waiting) { shared_.loop.lock_alone(waiting); });
  }
  void unlock_alone() override { shared_.loop.unlock_alone(); }
  UnitCall fan_out(std::size_t count, const ChildWork& work) override;

 private:
  using Wish = std::function<void(CoroutineLoop::Waiting)>;

  UnitCall until(Wish wish) {
    wish_ = std::move(wish);
    return UnitCall(static_cast<Parking&>(*this));
  }
  void park(std::coroutine_handle<> handle, std::uint64_t* result) override { wish_({handle, result}); }
  std::uint64_t resumed(std::uint64_t result) override;

  CoroutineShared& shared_;
  Wish wish_;
  std::unique_ptr<CoroutineBrood> brood_;  // Of a fan_out(), until it is over.
};

/// A unit and its work, counted while it runs.
class CoroutineLife final : private WorkWatch {
 public:
  /// `work` takes the unit and gives its UnitWork. `brood` is told of the end.
  template <typename Work>
  CoroutineLife(CoroutineShared& shared, const Work& work, CoroutineBrood* brood = nullptr)
      : count_(shared.count), brood_(brood), unit_(shared), work_(work(unit_)) {
    work_.watch(*this);
    shared.loop.ready(work_.handle());
  }
  std::uint64_t answer() const { return work_.answer(); }

 private:
  void begins() noexcept override { held_.emplace(count_); }
  void ends() noexcept override;

  LiveCount& count_;
  CoroutineBrood* brood_;
  std::optional<LiveCount::Held> held_;
  CoroutineUnit unit_;
  UnitWork work_;
};

/// Children, and the parent that waits for them.
class CoroutineBrood {
 public:
  CoroutineBrood(CoroutineShared& shared, std::size_t count, const ChildWork& work, CoroutineLoop::Waiting parent)
      : loop_(shared.loop), left_(count), parent_(parent) {
    for (std::size_t i = 0; i < count; ++i)
      lives_.emplace_back(
          shared, [&](Unit& unit) { return work(unit, i); }, this);
    if (count == 0) loop_.ready(parent_.handle);
  }
  void one_ended() {
    if (--left_ == 0) loop_.ready(parent_.handle);
  }
  std::uint64_t sum() const {
    std::uint64_t sum = 0;
    for (const CoroutineLife& life : lives_) sum += life.answer();
    return sum;
  }

 private:
  CoroutineLoop& loop_;
  std::size_t left_;
  CoroutineLoop::Waiting parent_;
  std::deque<CoroutineLife> lives_;
};

inline CoroutineUnit::CoroutineUnit(CoroutineShared& shared) : shared_(shared) {}
inline CoroutineUnit::~CoroutineUnit() = default;

inline UnitCall CoroutineUnit::fan_out(std::size_t count, const ChildWork& work) {
  return until([this, count, &work](CoroutineLoop::Waiting waiting) {
    brood_ = std::make_unique<CoroutineBrood>(shared_, count, work, waiting);
  });
}

inline std::uint64_t CoroutineUnit::resumed(std::uint64_t result) {
  if (!brood_) return result;
  const auto brood = std::move(brood_);
  return brood->sum();
}

inline void CoroutineLife::ends() noexcept {
  held_.reset();
  if (brood_ != nullptr) brood_->one_ended();
}

}  // namespace bakeoff
