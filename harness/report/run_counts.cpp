#include "harness/report/run_counts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

#include "harness/report/cell_format.h"
#include "harness/report/number_format.h"
#include "harness/validity/validity.h"
#include "workloads/jobs/jobs.h"

namespace bakeoff::report {
namespace {

const std::array<RunCount, 2>& run_counts() {
  static const std::array<RunCount, 2> all{
      RunCount{"lost_percent", {"runs_that_lost", "runs that lost", ""}, "lost"},
      RunCount{"races_reported", {"runs_with_reports", "runs with reports", ""}, ""},
  };
  return all;
}

bool races(const journal::Trial& trial) {
  if (!trial.server_receipt) return false;
  const auto discipline = trial.server_receipt->settings.find("discipline");
  return discipline != trial.server_receipt->settings.end() &&
         std::ranges::find(workloads::jobs::kRacingDisciplines, discipline->second) !=
             std::end(workloads::jobs::kRacingDisciplines);
}

bool races(const GridRow& row) {
  return std::ranges::any_of(row.trials, [](const journal::Trial* trial) { return trial != nullptr && races(*trial); });
}

/// The values of all blocks that gave one and are not void altogether.
std::vector<double> values_of(const GridRow& row, const Figure& figure) {
  std::vector<double> values;
  for (const journal::Trial* trial : row.trials) {
    if (trial == nullptr || !gives_numbers(*trial)) continue;
    if (!validity::void_reason(*trial, validity::metric::kEverything).empty()) continue;
    if (const auto value = figure.extract(*trial)) values.push_back(*value);
  }
  return values;
}

std::size_t above_zero(const std::vector<double>& values) {
  return static_cast<std::size_t>(std::ranges::count_if(values, [](double value) { return value > 0; }));
}

}  // namespace

const RunCount* run_count_of(const Grid& grid, const Figure& figure) {
  const auto found = std::ranges::find(run_counts(), figure.key, &RunCount::figure);
  if (found == run_counts().end()) return nullptr;
  const bool any = std::ranges::any_of(grid.rows, [](const GridRow& row) { return races(row); });
  return any ? &*found : nullptr;
}

Cell run_count_cell(const GridRow& row, const Figure& figure) {
  Cell cell;
  const std::vector<double> values = values_of(row, figure);
  if (values.empty()) return cell;
  const std::size_t some = above_zero(values);
  cell.text = fmt::format("{} of {}", some, values.size());
  cell.value = static_cast<double>(some);
  cell.blocks = values.size();
  return cell;
}

std::vector<std::string> run_count_notes(const Grid& grid) {
  std::vector<std::string> notes;
  for (const Figure& figure : grid.figures) {
    const RunCount* count = run_count_of(grid, figure);
    if (count == nullptr || count->when_there.empty()) continue;
    std::vector<std::string> worst;
    std::map<std::size_t, std::vector<std::string>> without;  // By the number of runs.
    for (const GridRow& row : grid.rows) {
      const std::vector<double> values = values_of(row, figure);
      const std::size_t some = above_zero(values);
      if (some == 0 && !values.empty() && races(row)) without[values.size()].push_back(row.subject);
      if (some == 0 || some == values.size()) continue;
      worst.push_back(fmt::format("{} {} {}", row.subject, value_text(figure, std::ranges::max(values)), figure.unit));
    }
    if (!worst.empty()) {
      notes.push_back(fmt::format("{} in the worst run: {}", count->when_there, fmt::join(worst, ", ")));
    }
    for (const auto& [runs, subjects] : without) {
      constexpr double kRuleOfThree = 3;
      const double most = kRuleOfThree / static_cast<double>(runs);
      // Of three runs it says nothing.
      const std::string bound =
          most < 1 ? fmt::format(": at 95 % fewer than {} of such runs lose", format_share(most)) : "";
      notes.push_back(fmt::format("races that {} nothing in {} {}{}: {}", count->when_there, runs,
                                  runs == 1 ? "run" : "runs", bound, fmt::join(subjects, ", ")));
    }
  }
  return notes;
}

}  // namespace bakeoff::report
