// A named number that a job or a probe has measured beside its answer. The name ends in the unit and is all that a
// table knows of it: "create_and_join_ns", "increments_per_s", "lost", "speedup". The first of several leads its table.
#pragma once

#include <string>

namespace bakeoff::workloads::jobs {

struct NamedFigure {
  std::string
      name;  ///< Words with '_' between them; the last is ns, us, ms, s, kib, mib, percent or per_s, or no unit.
  double value = 0;
};

}  // namespace bakeoff::workloads::jobs
