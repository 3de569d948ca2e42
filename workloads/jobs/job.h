// Work with a known answer, cut into units. A job says what a unit computes; an executor (models/executors)
// decides what a unit is: a thread, a process, a fiber, or a call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/jobs/figure.h"
#include "workloads/jobs/process_memory.h"
#include "workloads/jobs/unit.h"
#include "workloads/settings.h"

namespace bakeoff::workloads::jobs {

/// Apart by this much, two values of two units never lie in one cache line.
inline constexpr std::size_t kCacheLine = 64;

struct JobSize {
  std::size_t units = 1;       ///< How many units share the work out, at least 1.
  std::uint64_t size = 0;      ///< The job's own measure of work; 0 takes the job's default.
  Settings settings{};         ///< The job's, each with a value (JobEntry::settings).
  MemoryReader read_memory{};  ///< For jobs that measure memory. Without it their figures are unknown.
};

/// What an executor needs of its units for a job.
enum class Needs : std::uint8_t {
  nothing,          ///< Each unit runs from its begin to its end: run_unit().
  waiting,          ///< Units wait, but not for each other: unit_coroutine().
  synchronisation,  ///< Units wait for each other: all of them have to live at once. unit_coroutine().
  children,         ///< Units make more units and wait for them. unit_coroutine().
};

/// A run that has ended.
struct CompletedRun {
  std::span<const std::uint64_t> answers;   ///< The units' answers, in the order of the index.
  std::uint64_t elapsed_ns = 0;             ///< From the first creation to the last join.
  std::uint64_t cpu_ns = 0;                 ///< Used by the process and its children in that time.
  std::uint64_t sequential_elapsed_ns = 0;  ///< The time of Job::sequential_answers(), where the job has it.
  std::uint64_t sequential_cpu_ns = 0;
  std::size_t cpus = 1;  ///< CPUs that the process may use.
};

/// The run of a program of others, of which the job line is known and nothing else (PROTOCOLS.md).
struct ReportedRun {
  std::uint64_t answer = 0;
  std::uint64_t elapsed_ns = 0;  ///< From the first creation to the last join.
  std::uint64_t work_ns = 0;     ///< From when all units were there; elapsed_ns where the program does not say.
};

class Job {
 public:
  virtual ~Job() = default;

  virtual Needs needs() const { return Needs::nothing; }

  /// For jobs that need nothing: the work of one unit, run to its end on the calling unit; returns that unit's answer.
  /// Called once for each index in [0, units), at the same time from several threads or processes: it must not change
  /// the job. What units share lies in memory that was mapped as shared (workloads/shared_memory.h) when the job was
  /// made.
  virtual std::uint64_t run_unit(std::size_t /*index*/) const { throw std::logic_error("a job that waits has live()"); }

  /// The same for work that waits; `unit` lives as long as the work.
  virtual UnitWork unit_coroutine(Unit& /*unit*/, std::size_t index) const { co_return run_unit(index); }

  /// For jobs that are compared with the same work without units: does it all on the caller, and gives the answers that
  /// the units must give, instead of check(). Timed before the units run (CompletedRun::sequential_elapsed_ns). Empty
  /// for other jobs.
  virtual std::vector<std::uint64_t> sequential_answers() const { return {}; }

  /// Checks the answers of all units. "" when every one is right, otherwise one line saying what was expected.
  virtual std::string check(std::span<const std::uint64_t> answers) const = 0;

  /// The one number that stands for the result in the row.
  virtual std::uint64_t answer(std::span<const std::uint64_t> answers) const = 0;

  /// Whether its figures are of a unit, such as its memory, and so hold when the system refused some of those asked
  /// for. Other jobs have no figures then.
  virtual bool measures_per_unit() const { return false; }

  /// For jobs that need more than nothing: the answer that a program of others has to give, or nullopt where that
  /// cannot be told from outside. Of other jobs it is computed by run_unit().
  virtual std::optional<std::uint64_t> known_answer() const { return std::nullopt; }

  /// Whether a race may lose a part of the answer. What is left is not 0.
  virtual bool may_lose() const { return false; }

  /// Those of figures() that can be told of such a run.
  virtual std::vector<NamedFigure> reported_figures(const ReportedRun& /*ran*/) const { return {}; }

  /// What it is about, where that is not the time and CPU of the whole; the first leads.
  virtual std::vector<NamedFigure> figures(const CompletedRun& /*ran*/) const { return {}; }
};

}  // namespace bakeoff::workloads::jobs
