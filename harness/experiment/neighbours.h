// How much other programs used the CPUs of a trial: everything that ran there by the kernel's own account (the root
// cgroup's, in nanoseconds), less what the trial's own sides used. The row keeps the shares; validity decides what they
// void.
#pragma once

#include <optional>

#include "harness/journal/trial.h"
#include "harness/measure/cgroup.h"
#include "harness/measure/cpu_time.h"

namespace bakeoff::experiment {

/// One end of the measured time. Both ends are read in the same order.
struct MachineReading {
  std::optional<measure::CpuReading> load;  ///< The agents' cgroup; absent where there is none.
  std::optional<std::uint64_t> harness_ns;
  measure::CpuTimes cpus;
};

/// A few file reads, about 0.2 ms.
MachineReading read_machine(const measure::Cgroup& load);

/// The CPU time of each side of the trial between two readings, in microseconds.
struct OwnCpuUse {
  std::optional<double> subject_us;  ///< If absent, the shares of its CPUs stay unknown.
  double load_us = 0;                ///< All agents: generator threads, connections beside the load, the agents' own.
  double harness_us = 0;             ///< The harness stays on the load's CPUs.
};

/// What each side used. For the load it is the cgroup's figure, or what the agents say of themselves if there is none.
OwnCpuUse own_cpu_use(const MachineReading& before, const MachineReading& after, std::optional<double> subject_us,
                      double agents_say_us);

/// Adds the stretch between two readings to a sum, which stands for one stretch that begins at `CpuTimes{}` of the same
/// CPUs: the clocks of the kernel are too coarse to clip each of many short stretches at 0. Pure.
void add_stretch(measure::CpuTimes& sum, const measure::CpuTimes& before, const measure::CpuTimes& after);

/// The beginning of such a sum: all its clocks at 0.
measure::CpuTimes at_zero(const measure::CpuTimes& like);

/// Sets foreign_cpu_share, load_foreign_share (absent where both sides share their CPUs, or there is no load) and
/// steal_share of the row, by its subject_cpus and load_cpus. Pure.
void note_neighbours(journal::Trial& row, const measure::CpuTimes& before, const measure::CpuTimes& after,
                     const OwnCpuUse& own);

}  // namespace bakeoff::experiment
