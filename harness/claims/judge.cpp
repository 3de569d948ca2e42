#include "harness/claims/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "harness/report/grid.h"
#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"
#include "harness/stats/precision.h"

namespace bakeoff::claims {
namespace {

using report::Answer;

bool is_in(const Wanted& wanted, double value) {
  if (!wanted.range.contains(value)) return false;
  return !wanted.excludes_end || (value != wanted.range.low && value != wanted.range.high);
}

/// Whether no value of the interval is in the range.
bool is_outside(const Wanted& wanted, const stats::Interval& interval) {
  if (interval.high < wanted.range.low || interval.low > wanted.range.high) return true;
  return wanted.excludes_end && (interval.high == wanted.range.low || interval.low == wanted.range.high);
}

Answer answer_of(const Wanted& wanted, const report::Estimate& measured) {
  if (!measured.interval) return Answer::unknown;
  if (is_in(wanted, measured.interval->low) && is_in(wanted, measured.interval->high)) return Answer::yes;
  return is_outside(wanted, *measured.interval) ? Answer::no : Answer::unknown;
}

/// As far as the spread tells: until the interval no longer reaches the nearest end of the range.
std::optional<std::size_t> blocks_until_decided(const Wanted& wanted, const report::Estimate& measured) {
  if (!measured.median || !measured.interval || !(*measured.median > 0)) return std::nullopt;
  double nearest = 0;
  for (const double end : {wanted.range.low, wanted.range.high}) {
    if (!std::isfinite(end) || !(end > 0)) continue;
    const double distance = std::abs(end / *measured.median - 1);
    if (nearest == 0 || distance < nearest) nearest = distance;
  }
  if (!(nearest > 0)) return std::nullopt;
  const stats::Ratio now{.median = 1,
                         .interval = stats::Interval{measured.interval->low / *measured.median,
                                                     measured.interval->high / *measured.median},
                         .pairs = measured.blocks};
  const auto needed = stats::blocks_needed(now, nearest);
  if (!needed || *needed <= measured.blocks) return std::nullopt;
  return *needed - measured.blocks;
}

void count_hits(CellRuling& ruling, const stats::Series& values) {
  for (const stats::BlockValue& value : values) ruling.hits += value && is_in(ruling.cell->is, *value) ? 1 : 0;
  ruling.holds = ruling.hits > 0 ? Answer::yes : Answer::unknown;
}

CellRuling judge_cell(const ClaimCell& cell, const RowsOf& rows_of) {
  CellRuling ruling{.cell = &cell};
  const std::vector<journal::Trial>* rows = rows_of(cell.result);
  if (rows == nullptr) {
    ruling.missing = fmt::format("{} was not recorded", cell.result);
    return ruling;
  }
  const auto trials = report::trials_of_table(*rows, cell.table);
  const report::Grid grid = report::make_grid(trials, {});
  const std::string& other_table = cell.against_table.empty() ? cell.table : cell.against_table;
  const auto other_trials = report::trials_of_table(*rows, other_table);
  const report::Grid other_grid = report::make_grid(other_trials, {});
  const report::GridRow* one = report::find_row(grid, cell.subject);
  const report::GridRow* other = cell.against.empty() ? nullptr : report::find_row(other_grid, cell.against);
  const auto figure = std::ranges::find(grid.figures, cell.figure, &report::Figure::key);
  if (one == nullptr || (other == nullptr && !cell.against.empty()) || figure == grid.figures.end()) {
    const std::string what = one == nullptr ? cell.subject : figure == grid.figures.end() ? cell.figure : cell.against;
    const std::string place = std::filesystem::path(cell.place).filename().string();
    ruling.missing = fmt::format("{}: {} has no {} in its table {}", place, cell.result, what,
                                 one != nullptr && figure != grid.figures.end() ? other_table : cell.table);
    return ruling;
  }
  const report::FigureSeries series = report::figure_series(*one, *figure);
  ruling.measured = other == nullptr ? report::estimate_of(series)
                    : cell.against_table.empty()
                        ? report::estimate_of_ratio(*one, *other, *figure)
                        : report::estimate_of_unpaired_ratio(series, report::figure_series(*other, *figure));
  if (other == nullptr) ruling.unit = figure->unit;
  if (!ruling.measured.median) {
    ruling.missing =
        fmt::format("{} of {} is void{}", cell.figure, cell.subject, series.reason.empty() ? "" : ": " + series.reason);
    return ruling;
  }
  if (cell.is.some) {
    count_hits(ruling, series.valid);
    return ruling;
  }
  ruling.holds = answer_of(cell.is, ruling.measured);
  if (ruling.holds == Answer::unknown) ruling.more_blocks = blocks_until_decided(cell.is, ruling.measured);
  return ruling;
}

/// Of all cells, or of one half of the claim; by the rules of judge.h.
Ruling ruling_of(const std::vector<const CellRuling*>& cells) {
  const auto any = [&](Answer answer) {
    return std::ranges::any_of(cells, [&](const CellRuling* one) { return one->holds == answer; });
  };
  if (any(Answer::yes) && any(Answer::no)) return Ruling::depends;
  if (any(Answer::unknown)) return Ruling::inconclusive;
  return any(Answer::yes) ? Ruling::confirmed : Ruling::refuted;
}

std::string name_of(const ClaimCell& cell) {
  if (!cell.scope.empty()) return cell.scope;
  return cell.against.empty() ? cell.subject : cell.subject + " against " + cell.against;
}

std::string flips_in_words(const std::vector<CellRuling>& cells) {
  std::vector<std::string> yes, no, open;
  for (const CellRuling& one : cells) {
    auto& list = one.holds == Answer::yes ? yes : one.holds == Answer::no ? no : open;
    list.push_back(fmt::format("{} ({})", name_of(*one.cell), measured_in_words(one)));
  }
  std::string words = fmt::format("True: {}. False: {}.", report::listed(yes), report::listed(no));
  if (!open.empty()) words += fmt::format(" Open: {}.", report::listed(open));
  return words;
}

std::string open_in_words(const std::vector<CellRuling>& cells) {
  std::vector<std::string> parts;
  for (const CellRuling& one : cells) {
    if (one.holds != Answer::unknown) continue;
    std::string part = fmt::format("{}: {}", name_of(*one.cell), measured_in_words(one));
    if (one.cell->is.some) {
      const double bound = 3.0 / static_cast<double>(std::max<std::size_t>(1, one.measured.blocks)) * 100;
      part += fmt::format(", so that it can still happen in up to {:.0f} % of them", std::min(bound, 100.0));
    } else if (one.more_blocks) {
      part += fmt::format(", which about {} more would decide", report::counted(*one.more_blocks, "block"));
    }
    parts.push_back(std::move(part));
  }
  return fmt::format("Open: {}.", report::listed(parts));
}

/// Of a claim whose cells belong to halves that do not agree.
std::optional<std::string> halves_in_words(const std::vector<CellRuling>& cells) {
  std::map<std::string, std::vector<const CellRuling*>> halves;
  for (const CellRuling& one : cells) halves[one.cell->half].push_back(&one);
  if (halves.size() < 2) return std::nullopt;
  std::vector<std::string> parts;
  bool confirmed = false, refuted = false;
  for (const auto& [half, of_half] : halves) {
    const Ruling ruling = ruling_of(of_half);
    if (ruling != Ruling::confirmed && ruling != Ruling::refuted) return std::nullopt;
    (ruling == Ruling::confirmed ? confirmed : refuted) = true;
    parts.push_back(fmt::format("{}: {}", half, to_text(ruling)));
  }
  if (!confirmed || !refuted) return std::nullopt;
  return report::listed(parts) + ".";
}

/// From its cells, unless it is known already why there is no verdict.
void conclude(ClaimRuling& claim) {
  if (!claim.why.empty() || claim.cells.empty()) return;
  std::vector<const CellRuling*> all;
  for (const CellRuling& one : claim.cells) {
    all.push_back(&one);
    if (!one.missing.empty()) claim.why += (claim.why.empty() ? "" : "; ") + one.missing;
  }
  if (!claim.why.empty()) return;
  claim.ruling = ruling_of(all);
  if (claim.ruling == Ruling::inconclusive) claim.why = open_in_words(claim.cells);
  if (claim.ruling == Ruling::depends) {
    const auto halves = halves_in_words(claim.cells);
    if (halves) claim.ruling = Ruling::part;
    claim.why = halves ? *halves : flips_in_words(claim.cells);
  }
}

}  // namespace

std::string_view to_text(Ruling ruling) {
  switch (ruling) {
    case Ruling::confirmed:
      return "confirmed";
    case Ruling::refuted:
      return "refuted";
    case Ruling::depends:
      return "depends";
    case Ruling::part:
      return "part";
    case Ruling::inconclusive:
      return "inconclusive";
    case Ruling::not_run:
      return "not run";
    default:
      return "not testable";
  }
}

std::string measured_in_words(const CellRuling& ruling) {
  if (!ruling.missing.empty()) return ruling.missing;
  if (ruling.cell->is.some) {
    return fmt::format("in {} of {}", ruling.hits, report::counted(ruling.measured.blocks, "block"));
  }
  return report::in_words(ruling.measured, ruling.unit);
}

ClaimRuling judge(const Claim& claim, const RowsOf& rows_of) {
  ClaimRuling result{.claim = &claim, .ruling = Ruling::not_run, .cells = {}, .why = {}};
  if (!claim.untestable.empty()) {
    result.ruling = Ruling::not_testable;
    result.why = claim.untestable;
    return result;
  }
  result.why = claim.missing;
  for (const ClaimCell& cell : claim.cells) result.cells.push_back(judge_cell(cell, rows_of));
  conclude(result);
  return result;
}

std::vector<ClaimRuling> judge_all(const std::vector<Claim>& claims, const RowsOf& rows_of) {
  std::vector<ClaimRuling> rulings;
  for (const Claim& claim : claims) rulings.push_back(judge(claim, rows_of));
  for (ClaimRuling& one : rulings) {
    for (const std::string& id : one.claim->same_as) {
      const auto other = std::ranges::find_if(rulings, [&](const ClaimRuling& r) { return r.claim->id == id; });
      one.cells.insert(one.cells.end(), other->cells.begin(), other->cells.end());
      if (!other->cells.empty()) continue;
      one.ruling = other->ruling;
      one.why = fmt::format("{}: {}", id, other->why);
    }
    if (!one.claim->same_as.empty() && one.ruling != Ruling::not_testable) conclude(one);
  }
  return rulings;
}

}  // namespace bakeoff::claims
