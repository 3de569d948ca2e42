// A model's unit without connections: what jobs run on. run_job() in run_job.h is the one function for all jobs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace bakeoff {

/// What came of a batch of units.
struct Executed {
  std::vector<std::uint64_t> answers;  ///< One a unit, in the order of the index.
  std::uint64_t units_created = 0;
  std::uint64_t peak_live_units = 0;  ///< Most units begun and not yet ended at one moment, counted, not assumed.
};

class Executor {
 public:
  virtual ~Executor() = default;

  /// Creates `units` units, has unit i compute body(i), joins them all and returns. Blocks the calling thread, which
  /// must be the process's only one. `body` is called at the same time from several threads or processes.
  /// Throws std::system_error when a unit cannot be created, or std::runtime_error when one died; the others have
  /// been joined or ended by then.
  virtual Executed run(std::size_t units, const std::function<std::uint64_t(std::size_t)>& body) = 0;
};

}  // namespace bakeoff
