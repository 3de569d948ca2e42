// What a subject and its CPUs have used so far, read at both ends of a stretch of time, and what came to pass in
// between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/experiment/neighbours.h"
#include "harness/journal/trial.h"
#include "harness/measure/cgroup.h"
#include "harness/measure/process_tree.h"

namespace bakeoff::experiment {

/// One end. The tree costs most: it is read ahead of the other parts at the beginning, and behind them at the end.
struct SubjectReading {
  std::uint64_t at_ns = 0;  ///< When the CPU was read.
  std::optional<measure::CpuReading> cgroup;
  measure::TreeUse tree;
  MachineReading machine;
  std::optional<double> back_end_us;  ///< The CPU time of the back end, where the trial has one.
};

/// Reads all but the tree, the subject's CPU first.
void read_cpu(SubjectReading& reading, const measure::Cgroup& subject, const measure::Cgroup& load);

/// What was used in one stretch, or in several that do not overlap.
struct SubjectUse {
  double length_s = 0;
  std::optional<double> cpu_us, cpu_user_us, cpu_system_us;  ///< As in SubjectRow.
  std::optional<double> back_end_us;
  std::string cpu_source;
  std::uint64_t switches_voluntary = 0, switches_involuntary = 0, minor_faults = 0, major_faults = 0;
};

SubjectUse use_between(const SubjectReading& before, const SubjectReading& after);

/// Adds another stretch. What is unknown of either is unknown of both.
void add_use(SubjectUse& whole, const SubjectUse& part);

/// Sets the fields of `cost` that are about CPU, switches and faults; cpu_share is of `window_s` on `cpus` CPUs.
void note_use(journal::SubjectRow& cost, const SubjectUse& use, double window_s, std::size_t cpus);

}  // namespace bakeoff::experiment
