// The jobs of a queue: what each does and when it is due. Pure: drawn from the seed, the same for every subject of a
// block.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/queue_row.h"
#include "workloads/queue/queued_job.h"

namespace bakeoff::experiment {

/// A job of the trial; its id is its place.
struct PlannedJob {
  workloads::queue::QueuedJob job;
  std::uint64_t due_ns = 0;  ///< After the first; 0 in a backlog.
};

/// `work` is "wait:DRAW", with a draw of microseconds ("fixed:US", "exponential:MEAN_US", "lognormal:MEDIAN_US,SIGMA"),
/// or "work:ROUNDS". Throws std::invalid_argument in one line where it is neither.
std::vector<PlannedJob> plan_jobs(std::string_view work, const journal::QueueParams& params, std::uint64_t seed);

/// Throws std::invalid_argument as plan_jobs() does.
void check_queued_work(std::string_view work);

/// A guess at how long the jobs take on so many units and CPUs, from the first to the last.
double estimate_jobs_s(std::string_view work, const journal::QueueParams& params, std::uint64_t units);

}  // namespace bakeoff::experiment
