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

/// The system refused one unit more. what() names the limit with its value: "vm.max_map_count = 65530".
class LimitReached : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What came of a batch of units.
struct ExecutionResult {
  std::vector<std::uint64_t> answers;  ///< One a unit, in the order of the index; of those that could be made.
  std::uint64_t units_created = 0;     ///< With those that units made.
  std::uint64_t peak_live_units = 0;   ///< Most units begun and not yet ended at one moment, counted, not assumed.
  std::string limit{};                 ///< Where the system refused one: LimitReached's what().
};

class Executor {
 public:
  virtual ~Executor() = default;

  /// Why so many units of this kind cannot do what a job needs: "its units run one after the other"; "" when they can.
  virtual std::string refusal(workloads::jobs::Needs /*needs*/, std::size_t /*units*/) const { return ""; }

  /// Whether all its units share the caller's thread, so that only one of them computes at a time.
  virtual bool on_one_thread() const { return false; }

  /// Creates `units` units, has unit i do the job's work for i, joins them all and returns. Blocks the calling thread,
  /// which must be the process's only one. Where the system refuses one, those that there are end their work, and the
  /// limit is told. Throws std::runtime_error when a unit died, and what the first of them threw; the others have been
  /// joined or ended by then.
  virtual ExecutionResult run(const workloads::jobs::Job& job, std::size_t units) = 0;
};

/// The work of one unit on an executor whose calls block.
inline std::uint64_t run_blocking(const workloads::jobs::Job& job, workloads::jobs::Unit& unit, std::size_t index) {
  return job.needs() == workloads::jobs::Needs::nothing ? job.run_unit(index) : job.unit_coroutine(unit, index).run();
}

/// Throws the first failure, if there is any; that a unit met a limit is told in `executed`. What failed only because
/// another unit had failed is no failure of its own.
void throw_first_failure(ExecutionResult& executed, const std::vector<std::exception_ptr>& failures);

}  // namespace bakeoff::models::executors
