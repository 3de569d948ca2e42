#include "harness/report/scaling.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "workloads/catalogue.h"

namespace bakeoff::report {
namespace {

constexpr std::string_view kUnits = ":units=";

struct SizedRow {
  std::size_t units = 0;
  const GridRow* row = nullptr;
};

struct SizedRows {
  std::string name;
  std::vector<SizedRow> rows;
};

std::vector<SizedRows> rows_by_name(const Grid& grid) {
  std::vector<SizedRows> families;
  for (const GridRow& row : grid.rows) {
    const auto at = row.subject.find(kUnits);
    if (at == std::string::npos) continue;
    const char* const digits = row.subject.data() + at + kUnits.size();
    std::size_t units = 0;
    const auto end = std::from_chars(digits, row.subject.data() + row.subject.size(), units).ptr;
    const std::string name = row.subject.substr(0, at) + std::string(end);
    auto family = std::ranges::find(families, name, &SizedRows::name);
    if (family == families.end()) family = families.insert(families.end(), {name, {}});
    family->rows.push_back({units, &row});
  }
  for (SizedRows& family : families) std::ranges::sort(family.rows, {}, &SizedRow::units);
  return families;
}

}  // namespace

std::vector<Speedup> ScalingFamily::valid() const {
  std::vector<Speedup> believed;
  std::ranges::copy_if(speedups, std::back_inserter(believed),
                       [](const Speedup& one) { return one.void_reason.empty(); });
  return believed;
}

std::vector<Speedup> ScalingFamily::lawful() const {
  std::vector<Speedup> within;
  for (const Speedup& one : valid()) {
    if (one.point.processors <= static_cast<double>(cpus) && !repeats_work) within.push_back(one);
  }
  return within;
}

std::vector<ScalingFamily> scaling_of(const Grid& grid) {
  const journal::Trial* example = example_trial(grid);
  const workloads::JobEntry* job = example != nullptr && grid.is_job ? workloads::find_job(example->workload) : nullptr;
  const auto elapsed = std::ranges::find(grid.figures, "elapsed_ms", &Figure::key);
  if (job == nullptr || !(job->divides_work || job->repeats_work) || elapsed == grid.figures.end()) return {};
  std::vector<ScalingFamily> families;
  for (const SizedRows& sized : rows_by_name(grid)) {
    if (sized.rows.front().units != 1) continue;
    ScalingFamily family{
        .name = sized.name, .speedups = {}, .cpus = example->subject_cpus.size(), .repeats_work = job->repeats_work};
    const stats::Series one = figure_series(*sized.rows.front().row, *elapsed).valid;
    for (const SizedRow& row : sized.rows) {
      const FigureSeries measured = figure_series(*row.row, *elapsed);
      auto ratio = stats::compare(one, measured.valid);
      const std::string reason = ratio ? "" : measured.reason;
      if (!ratio) ratio = stats::compare(one, measured.struck);
      if (!ratio) continue;
      if (!reason.empty()) ratio->interval.reset();
      const auto units = static_cast<double>(row.units);
      const double work = job->repeats_work ? units : 1;
      Speedup speedup{.point = {units, row.units == 1 ? 1 : work * ratio->median},
                      .interval = ratio->interval,
                      .void_reason = reason};
      if (speedup.interval) *speedup.interval = {work * speedup.interval->low, work * speedup.interval->high};
      family.speedups.push_back(speedup);
    }
    if (family.valid().size() < 2 || family.speedups.front().point.processors != 1) continue;
    families.push_back(std::move(family));
  }
  return families;
}

}  // namespace bakeoff::report
