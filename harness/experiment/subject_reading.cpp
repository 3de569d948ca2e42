#include "harness/experiment/subject_reading.h"

#include <algorithm>

#include "harness/measure/monotonic.h"

namespace bakeoff::experiment {

void read_cpu(SubjectReading& reading, const measure::Cgroup& subject, const measure::Cgroup& load) {
  reading.at_ns = measure::now_ns();
  reading.cgroup = subject.read_cpu();
  reading.machine = read_machine(load);
}

SubjectUse use_between(const SubjectReading& before, const SubjectReading& after) {
  SubjectUse use;
  const measure::TreeDifference tree = measure::difference(before.tree, after.tree);
  if (before.cgroup && after.cgroup) {
    use.cpu_us = after.cgroup->total_us - before.cgroup->total_us;
    use.cpu_source = after.cgroup->source;
    // The split is scaled to the exact sum at each reading and may step back a little.
    const auto step = [](const std::optional<double>& from, const std::optional<double>& to) {
      return from && to ? std::optional(std::max(0.0, *to - *from)) : std::nullopt;
    };
    use.cpu_user_us = step(before.cgroup->user_us, after.cgroup->user_us);
    use.cpu_system_us = step(before.cgroup->system_us, after.cgroup->system_us);
  } else if (tree.cpu_us) {
    use.cpu_us = tree.cpu_us;
    use.cpu_source = "schedstat";
  }
  if (before.back_end_us && after.back_end_us) use.back_end_us = *after.back_end_us - *before.back_end_us;
  use.length_s = static_cast<double>(after.at_ns - before.at_ns) / 1e9;
  use.switches_voluntary = tree.voluntary;
  use.switches_involuntary = tree.involuntary;
  use.minor_faults = tree.minor_faults;
  use.major_faults = tree.major_faults;
  return use;
}

void add_use(SubjectUse& whole, const SubjectUse& part) {
  const auto add = [](std::optional<double>& sum, const std::optional<double>& more) {
    sum = sum && more ? std::optional(*sum + *more) : std::nullopt;
  };
  whole.length_s += part.length_s;
  add(whole.cpu_us, part.cpu_us);
  add(whole.back_end_us, part.back_end_us);
  add(whole.cpu_user_us, part.cpu_user_us);
  add(whole.cpu_system_us, part.cpu_system_us);
  whole.switches_voluntary += part.switches_voluntary;
  whole.switches_involuntary += part.switches_involuntary;
  whole.minor_faults += part.minor_faults;
  whole.major_faults += part.major_faults;
}

void note_use(journal::SubjectRow& cost, const SubjectUse& use, double window_s, std::size_t cpus) {
  cost.cpu_us = use.cpu_us;
  cost.cpu_user_us = use.cpu_user_us;
  cost.cpu_system_us = use.cpu_system_us;
  cost.cpu_source = use.cpu_source;
  cost.cpu_window_s = use.length_s;
  if (cost.cpu_us && window_s > 0) cost.cpu_share = *cost.cpu_us / (window_s * 1e6 * static_cast<double>(cpus));
  cost.switches_voluntary = use.switches_voluntary;
  cost.switches_involuntary = use.switches_involuntary;
  cost.minor_faults = use.minor_faults;
  cost.major_faults = use.major_faults;
}

}  // namespace bakeoff::experiment
