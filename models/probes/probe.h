// A measurement of one mechanism that is not a model: a pipe's latency, a fork, copy-on-write. A probe is one function
// in a file of its own and a line in probes/catalogue.cpp; `bakeoff-subject probe NAME` runs it in a fresh process.
//
// What makes figures of several probes comparable: those that measure the same thing ("switch", "spawn", "message",
// "memory") give the same figures, by the same name, taken by the same body (ping_pong.h, ...): a probe adds only its
// mechanism. Samples last 0.5 s, those of the four meanings of a spawn 0.2 s each; a figure is the median of its
// batches, and what the clock and the loop cost is measured and taken off where it is a hundredth or more.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "workloads/jobs/figure.h"
#include "workloads/settings.h"

namespace bakeoff::models::probes {

struct ProbeResult {
  std::vector<workloads::jobs::NamedFigure> figures{};  ///< The first leads.
  /// What was seen, in sentences, of a probe that demonstrates something: "the child read 1, the parent 0".
  std::vector<std::string> evidence{};
  std::string complaint{};  ///< What did not come out as it must; "" when all did.
  /// The limit of the system that stopped the probe before its end, with its value: "vm.max_map_count = 65530". The
  /// figures are those of what was reached.
  std::string limit{};
  std::uint64_t units_created = 0;  ///< 0: it makes none.
  /// Most of them alive at one moment, where the probe saw that; what was made and not yet joined may have ended.
  std::optional<std::uint64_t> peak_live_units{};
  /// Settings that came out otherwise than they were asked for, and what is not a setting but belongs beside them.
  std::map<std::string, std::string> settings{};
};

}  // namespace bakeoff::models::probes
