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

void add_stretch(measure::CpuTimes& sum, const measure::CpuTimes& before, const measure::CpuTimes& after) {
  const auto add = [](std::map<int, std::int64_t>& sums, const std::map<int, std::int64_t>& from,
                      const std::map<int, std::int64_t>& to) {
    for (const auto& [cpu, until] : to) {
      if (const auto since = from.find(cpu); since != from.end()) sums[cpu] += until - since->second;
    }
  };
  sum.at_ns += after.at_ns - before.at_ns;
  sum.source = after.source;
  add(sum.busy_ns, before.busy_ns, after.busy_ns);
  add(sum.steal_ns, before.steal_ns, after.steal_ns);
}

measure::CpuTimes at_zero(const measure::CpuTimes& like) {
  measure::CpuTimes zero = like;
  zero.at_ns = 0;
  for (auto* clocks : {&zero.busy_ns, &zero.steal_ns}) {
    for (auto& [cpu, ns] : *clocks) ns = 0;
  }
  return zero;
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
