// The options --fail-on-regression and --unknown, and the exit status that follows from them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/report/compare/gate.h"

namespace bakeoff::commands {

struct Gate {
  double share = 0;             ///< 0.05 fails on a cell that is worse by 5 % or more.
  bool unknown_passes = false;  ///< A cell that cannot be decided passes.
};

/// nullopt without a gate. Throws UsageError for an invalid share, and for an `unknown` without a gate.
std::optional<Gate> gate_of(const std::string& fail_on_regression, const std::string& unknown);

/// Says on stderr which cells are worse and which cannot be decided. Returns kNotMet for a regression, kNoValid if a
/// cell cannot be decided and that does not pass, and otherwise kDone.
int apply_gate(const Gate& gate, const std::vector<report::compare::GateCell>& cells);

}  // namespace bakeoff::commands
