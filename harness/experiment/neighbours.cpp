#include "harness/experiment/neighbours.h"

#include <unistd.h>

#include <algorithm>

namespace bakeoff::experiment {

MachineReading read_machine(const measure::Cgroup& load) {
  MachineReading reading;
  reading.load = load.read_cpu();
  reading.cpus = measure::read_cpu_times();
  reading.harness_ns = measure::process_cpu_ns(::getpid());
  return reading;
}

OwnCpuUse own_cpu_use(const MachineReading& before, const MachineReading& after, std::optional<double> subject_us,
                      double agents_say_us) {
  OwnCpuUse own{.subject_us = subject_us, .load_us = agents_say_us};
  if (before.load && after.load) own.load_us = after.load->total_us - before.load->total_us;
  if (before.harness_ns && after.harness_ns) {
    own.harness_us = static_cast<double>(*after.harness_ns - *before.harness_ns) / 1000;
  }
  return own;
}

void note_neighbours(journal::Trial& row, const measure::CpuTimes& before, const measure::CpuTimes& after,
                     const OwnCpuUse& own) {
  const bool apart = std::none_of(row.load_cpus.begin(), row.load_cpus.end(), [&](int cpu) {
    return std::find(row.subject_cpus.begin(), row.subject_cpus.end(), cpu) != row.subject_cpus.end();
  });
  const bool load_elsewhere = apart && !row.load_cpus.empty();
  const double beside_us = own.load_us + own.harness_us;
  if (own.subject_us) {
    row.foreign_cpu_share =
        measure::foreign_cpu_share(before, after, row.subject_cpus, *own.subject_us + (load_elsewhere ? 0 : beside_us));
  }
  if (load_elsewhere) row.load_foreign_share = measure::foreign_cpu_share(before, after, row.load_cpus, beside_us);
  row.steal_share = measure::steal_share(before, after, row.subject_cpus);
}

}  // namespace bakeoff::experiment
