// An executor that counts how often the units of a run missed the CPU's caches, where the kernel can tell.
//
// The CPU itself counts (perf_event_open(2), PERF_COUNT_HW_CACHE_MISSES), for the thread that runs the job and for all
// threads and processes that it makes meanwhile. Most virtual machines have no such counters: then there is no figure,
// never a 0. Where the kernel may not be observed, only user code counts.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "models/executors/executor.h"

namespace bakeoff::models::subject {

class CountedExecutor final : public executors::Executor {
 public:
  explicit CountedExecutor(std::unique_ptr<executors::Executor> executor);
  ~CountedExecutor() override;
  CountedExecutor(const CountedExecutor&) = delete;
  CountedExecutor& operator=(const CountedExecutor&) = delete;

  std::string refusal(workloads::jobs::Needs needs, std::size_t units) const override {
    return executor_->refusal(needs, units);
  }
  bool on_one_thread() const override { return executor_->on_one_thread(); }
  executors::ExecutionResult run(const workloads::jobs::Job& job, std::size_t units) override;

  /// The misses of the last run; nullopt where they cannot be counted, or were not counted for the whole run.
  std::optional<std::uint64_t> cache_misses() const { return cache_misses_; }

 private:
  std::unique_ptr<executors::Executor> executor_;
  int counter_;  ///< -1 when there is none.
  std::optional<std::uint64_t> cache_misses_;
};

}  // namespace bakeoff::models::subject
