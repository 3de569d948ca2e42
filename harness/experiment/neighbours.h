// Who else was on the CPUs of a trial: everything that ran there by the kernel's own account (the root cgroup's, in
// nanoseconds), less what the trial's own sides used. The row keeps the shares; what they void is validity's business.
#pragma once

#include <optional>

#include "harness/journal/trial.h"
#include "harness/measure/cgroup.h"
#include "harness/measure/cpu_time.h"

namespace bakeoff::experiment {

/// One end of the time that is measured. Read in the same order at both ends, the machine's account last but one.
struct MachineReading {
  std::optional<measure::CpuReading> load;  ///< Of the agents' cgroup; absent where there is none.
  std::optional<std::uint64_t> harness_ns;
  measure::CpuTimes cpus;
};

/// A few file reads, about 0.2 ms.
MachineReading read_machine(const measure::Cgroup& load);

/// CPU time of each side of the trial between two readings, in microseconds.
struct OwnCpuUse {
  std::optional<double> subject_us;  ///< Absent: the shares of its CPUs stay unknown.
  double load_us = 0;                ///< All agents: lanes, connections beside the load, the agents' own.
  double harness_us = 0;             ///< It stays on the load's CPUs.
};

/// What the harness and the load used: the cgroup's figure, or where there is none what the agents say of themselves.
OwnCpuUse own_cpu_use(const MachineReading& before, const MachineReading& after, std::optional<double> subject_us,
               double agents_say_us);

/// Sets foreign_cpu_share, load_foreign_share (absent where both sides share their CPUs, or there is no load) and
/// steal_share of the row, by its subject_cpus and load_cpus. Pure.
void note_neighbours(journal::Trial& row, const measure::CpuTimes& before, const measure::CpuTimes& after, const OwnCpuUse& own);

}  // namespace bakeoff::experiment
