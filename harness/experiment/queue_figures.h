// What became of the jobs of a queue, from what was put in and what was recorded. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "harness/journal/queue_row.h"
#include "harness/stats/histogram.h"
#include "workloads/queue/queued_job.h"

namespace bakeoff::experiment {

/// A job that was put in; its id is its place. Times are of CLOCK_REALTIME.
struct PutJob {
  workloads::queue::QueuedJob job;
  std::uint64_t due_ns = 0, put_ns = 0;
};

struct QueueFigures {
  journal::QueueRow row;                               ///< All that follows from the records.
  std::map<std::string, stats::Histogram> histograms;  ///< As row.latency_us.
};

/// `records` are in the order in which they came. Computes each job's answer, which takes as long as one job per
/// different amount of work.
QueueFigures figures_of_queue(std::span<const PutJob> jobs, std::span<const std::string> records);

}  // namespace bakeoff::experiment
