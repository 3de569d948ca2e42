#include "harness/commands/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "harness/commands/commands.h"
#include "harness/input/quantity.h"

namespace bakeoff::commands {

std::optional<Gate> gate_of(const std::string& fail_on_regression, const std::string& unknown) {
  if (fail_on_regression.empty()) {
    if (unknown.empty()) return std::nullopt;
    throw UsageError("--unknown: found no --fail-on-regression beside it, expected the gate that it is of");
  }
  return Gate{input::parse_share("--fail-on-regression", fail_on_regression), unknown == "pass"};
}

int apply_gate(const Gate& gate, const std::vector<report::compare::GateCell>& cells) {
  for (const std::string& line : report::compare::gate_lines(cells, gate.share, gate.unknown_passes)) {
    fmt::print(stderr, "bakeoff: {}\n", line);
  }
  const auto any = [&](bool (*is)(const report::compare::GateCell&, double)) {
    return std::any_of(cells.begin(), cells.end(),
                       [&](const report::compare::GateCell& cell) { return is(cell, gate.share); });
  };
  if (any(report::compare::is_regression)) return kNotMet;
  return any(report::compare::is_unknown) && !gate.unknown_passes ? kNoValid : kDone;
}

}  // namespace bakeoff::commands
