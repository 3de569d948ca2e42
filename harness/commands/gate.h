// The options --fail-on-regression and --unknown, and the exit status that comes of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/report/compare/gate.h"

namespace bakeoff::commands {

struct Gate {
  double share = 0;             ///< 0.05 fails on what is worse by 5 % or more.
  bool unknown_passes = false;  ///< What cannot be told.
};

/// nullopt without a gate. Throws UsageError for a share that is none, and for an `unknown` beside no gate.
std::optional<Gate> gate_of(const std::string& fail_on_regression, const std::string& unknown);

/// Says on stderr what is worse and what cannot be told. kNotMet with a regression; kNoValid where a cell is unknown
/// and that does not pass; otherwise kDone.
int apply_gate(const Gate& gate, const std::vector<report::compare::GateCell>& cells);

}  // namespace bakeoff::commands
