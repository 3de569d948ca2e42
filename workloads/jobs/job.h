// CPU-bound work with a known answer, cut into units. A job says what a unit computes; an executor (models/executors)
// decides what a unit is: a thread, a process, a fiber, or a call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bakeoff {

struct JobSize {
  std::size_t units = 1;   ///< How many units share the work out, at least 1.
  std::uint64_t size = 0;  ///< The job's own measure of work; 0 takes the job's default.
};

class Job {
 public:
  virtual ~Job() = default;

  /// The work of one unit, run to its end on the calling unit; returns that unit's answer. Called once for each index
  /// in [0, units), at the same time from several threads or processes: it must not change the job.
  virtual std::uint64_t run_unit(std::size_t index) const = 0;

  /// Checks the answers of all units. "" when every one is right, otherwise one line saying what was expected.
  virtual std::string check(std::span<const std::uint64_t> answers) const = 0;

  /// The one number that stands for the result in the row.
  virtual std::uint64_t answer(std::span<const std::uint64_t> answers) const = 0;
};

}  // namespace bakeoff
