// What is asked of the workers of a queue, and what became of its jobs: the parts of a row of the kind `queue`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "harness/stats/latency_summary.h"

namespace bakeoff::journal {

/// The setting of such a trial beside its units. What a job does is the row's `workload`.
struct QueueParams {
  std::uint64_t jobs = 0;
  double rate_rps = 0;        ///< Jobs that come due per second; 0: a backlog, all are there at the beginning.
  bool poisson = false;       ///< Exponential times between jobs that come due.
  std::string acknowledge{};  ///< "after" the work, or "before" it.
  std::string kill{};         ///< "worker": one worker process is killed in the middle; "none".
};

/// What became of the jobs. Every job was put in, unless the trial ended early.
struct QueueRow {
  std::uint64_t jobs = 0;        ///< Put in.
  std::uint64_t done = 0;        ///< Recorded, each counted once.
  std::uint64_t lost = 0;        ///< Never recorded, although every worker had nothing more to do at the end.
  std::uint64_t done_twice = 0;  ///< Recorded once more after they had been recorded.
  std::uint64_t put_back = 0;    ///< Taken by a worker that died, not acknowledged, and put into the queue again.
  std::uint64_t wrong = 0;       ///< Records that are none, of no job, with another answer, or sooner than can be.
  std::uint64_t kills = 0;       ///< Worker processes that were killed.
  std::uint64_t restarts = 0;    ///< How often the whole program was started again, which had been killed.
  double elapsed_s = 0;          ///< From the moment when the first job was due to the last record.
  double jobs_per_s = 0;         ///< done over elapsed_s.
  std::optional<double> offered_per_s{};  ///< Jobs that came due per second; not of a backlog.
  std::optional<double> queue_cpu_us{};   ///< CPU time of the queue's server.
  std::optional<double> queue_cpu_us_per_job{};
  /// queue: from due to taken, of the record that came first; work: from taken to finished; slip: from due to put in.
  std::map<std::string, stats::LatencySummary> latency_us{};
};

}  // namespace bakeoff::journal
