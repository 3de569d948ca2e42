#include "harness/report/compare/gate.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/number_format.h"

namespace bakeoff::report::compare {
namespace {

std::string interval_of(const GateCell& cell) {
  return cell.interval ? " " + format_interval(*cell.interval) : "";
}

std::string regression_line(const GateCell& cell) {
  return fmt::format("regression in {}: {} is worse by a factor of {}{}", cell.table, cell.subject,
                     format_number(*cell.factor), interval_of(cell));
}

std::string unknown_line(const GateCell& cell, double share) {
  const std::string where = fmt::format("cannot tell in {}: {}", cell.table, cell.subject);
  if (!cell.factor) return where + " has no valid value to compare";
  const std::string what = fmt::format("{}, a factor of {}{}", where, format_number(*cell.factor), interval_of(cell));
  if (cell.worse) return fmt::format("{}: it is worse, perhaps by more than the gate of {}", what, format_share(share));
  const auto visible = could_have_seen(cell);
  if (!visible) return what + ": too few blocks with valid values of both for an interval, so that none could be seen";
  return fmt::format("{}: these blocks show a regression from {} on, and the gate is at {}", what,
                     format_share(*visible), format_share(share));
}

}  // namespace

std::vector<GateCell> gate_cells(const std::vector<BuildComparison>& cells) {
  std::vector<GateCell> all;
  for (const BuildComparison& cell : cells) {
    GateCell& one =
        all.emplace_back(GateCell{.table = cell.table, .subject = cell.subject, .factor = {}, .interval = {}});
    if (!cell.ratio) continue;
    one.factor = cell.ratio->median;
    one.interval = cell.ratio->interval;
    one.worse = one.interval && !cell.ratio->tied() && *one.factor > 1;
  }
  return all;
}

std::vector<GateCell> gate_cells(const std::vector<CellChange>& cells, double margin) {
  std::vector<GateCell> all;
  for (const CellChange& cell : cells) {
    GateCell& one =
        all.emplace_back(GateCell{.table = cell.table, .subject = cell.subject, .factor = {}, .interval = {}});
    one.margin = margin;
    if (!cell.change) continue;
    one.factor = 1 + cell.change->worse_by;
    one.interval = cell.change->worse;
    one.worse = cell.change->verdict == stats::ChangeVerdict::worse;
  }
  return all;
}

bool is_regression(const GateCell& cell, double share) {
  return cell.worse && *cell.factor >= 1 + share;
}

bool is_unknown(const GateCell& cell, double share) {
  return !cell.interval || (!is_regression(cell, share) && cell.interval->high >= 1 + share);
}

std::optional<double> could_have_seen(const GateCell& cell) {
  if (!cell.factor || !cell.interval) return std::nullopt;
  return (1 + cell.margin) * *cell.factor / cell.interval->low - 1;
}

std::vector<std::string> gate_lines(const std::vector<GateCell>& cells, double share, bool unknown_passes) {
  std::vector<std::string> lines;
  std::size_t unknown = 0;
  for (const GateCell& cell : cells) {
    if (is_regression(cell, share)) {
      lines.push_back(regression_line(cell));
    } else if (is_unknown(cell, share)) {
      lines.push_back(unknown_line(cell, share));
      ++unknown;
    }
  }
  if (unknown == 0) return lines;
  const std::string hidden = fmt::format("{} of {} {} may hide a regression of {}", unknown, cells.size(),
                                         cells.size() == 1 ? "cell" : "cells", format_share(share));
  lines.push_back(unknown_passes ? "PASSED WITHOUT KNOWING: " + hidden + ", and --unknown=pass lets that pass"
                                 : "not passed: " + hidden +
                                       "; more blocks or a precision tell, a wider gate does, or "
                                       "--unknown=pass lets it pass");
  return lines;
}

}  // namespace bakeoff::report::compare
