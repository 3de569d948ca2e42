// The one function that runs any job on any executor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/executors/executor.h"
#include "workloads/jobs/job.h"

namespace bakeoff::models::executors {

struct JobResult {
  std::uint64_t answer = 0;
  bool right = false;
  std::string complaint;  ///< What was expected, when the answer is wrong.
  std::uint64_t elapsed_ns = 0;
  std::uint64_t units_created = 0;
  std::uint64_t peak_live_units = 0;
  std::vector<workloads::jobs::NamedFigure> figures;
  std::string
      limit;  ///< Where the system refused a unit: its limit. The answers of the other units are not checked then.
};

/// Runs the job and checks its answers. The executor must not refuse it (Executor::refusal). `units` is what the job
/// was made with. The time is that of the executor from the first creation to the last join: creating the units is part
/// of what is compared; making and checking the job is not. Blocks; throws what Executor::run throws.
JobResult run_job(const workloads::jobs::Job& job, Executor& executor, std::size_t units);

}  // namespace bakeoff::models::executors
