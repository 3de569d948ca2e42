// An executor whose runs are counted: how often its units missed the caches, where the kernel tells it.
//
// The count is the CPU's own (perf_event_open(2), PERF_COUNT_HW_CACHE_MISSES) of the thread that runs and of all
// threads and processes that it makes meanwhile. Most virtual machines have no such counters: then there is no figure,
// never a 0. Without the right to look at the kernel it is of user code alone.
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

  std::string refusal(workloads::jobs::Needs needs, std::size_t units) const override { return executor_->refusal(needs, units); }
  bool on_one_thread() const override { return executor_->on_one_thread(); }
  executors::ExecutionResult run(const workloads::jobs::Job& job, std::size_t units) override;

  /// Of the last run; nullopt where they cannot be counted, or were not all the time.
  std::optional<std::uint64_t> cache_misses() const { return cache_misses_; }

 private:
  std::unique_ptr<executors::Executor> executor_;
  int counter_;  ///< -1: none.
  std::optional<std::uint64_t> cache_misses_;
};

}  // namespace bakeoff::models::subject
