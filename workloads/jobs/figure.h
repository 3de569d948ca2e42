// A named number that a job or a probe has measured beside its answer. The name ends in the unit and is all that a
// table knows of it: "create_and_join_ns", "increments_per_s", "lost", "speedup", "parent_changed_yes_or_no". The first
// of several leads its table.
#pragma once

#include <string>

namespace bakeoff::workloads::jobs {

struct NamedFigure {
  /// Words with '_' between them. The last is ns, us, ms, s, kib, mib, percent, per_s, or yes_or_no for 1 and 0, or no
  /// unit: a count or a ratio.
  std::string name;
  double value = 0;
};

}  // namespace bakeoff::workloads::jobs
