// A model's unit without connections: what jobs run on. run_job() in run_job.h is the one function for all jobs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "workloads/jobs/job.h"

namespace bakeoff::models::executors {

/// The system refused another unit. what() names the limit with its value: "vm.max_map_count = 65530".
class LimitReached : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What came of a batch of units.
struct ExecutionResult {
  std::vector<std::uint64_t> answers;  ///< One per unit that could be made, in the order of the index.
  std::uint64_t units_created = 0;     ///< Including those that units made.
  std::uint64_t peak_live_units = 0;   ///< The most units that were alive at one moment, counted and not assumed.
  std::string limit{};                 ///< LimitReached's what(), where the system refused a unit.
};

class Executor {
 public:
  virtual ~Executor() = default;

  /// Why this number of units cannot do what a job needs: "its units run one after the other"; "" when they can.
  virtual std::string refusal(workloads::jobs::Needs /*needs*/, std::size_t /*units*/) const { return ""; }

  /// Whether all its units share the caller's thread, so that only one of them computes at a time.
  virtual bool on_one_thread() const { return false; }

  /// Creates `units` units, has unit i do the job's work for i, joins them all and returns. Blocks the calling thread,
  /// which must be the process's only one. Where the system refuses a unit, the others still do their work, and the
  /// result names the limit. Throws std::runtime_error when a unit died, or what the first unit threw; the others have
  /// been joined or killed by then.
  virtual ExecutionResult run(const workloads::jobs::Job& job, std::size_t units) = 0;
};

/// The work of one unit on an executor whose calls block.
inline std::uint64_t run_blocking(const workloads::jobs::Job& job, workloads::jobs::Unit& unit, std::size_t index) {
  return job.needs() == workloads::jobs::Needs::nothing ? job.run_unit(index) : job.unit_coroutine(unit, index).run();
}

/// Throws the first failure, if there is any. A unit that met a limit is not a failure; `executed` names the limit. A
/// unit that failed only because another one had failed does not count either.
void throw_first_failure(ExecutionResult& executed, const std::vector<std::exception_ptr>& failures);

}  // namespace bakeoff::models::executors
