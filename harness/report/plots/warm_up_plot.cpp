#include "harness/report/plots/warm_up_plot.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/number_format.h"
#include "harness/report/plots/line_groups.h"
#include "harness/report/plots/line_plot.h"
#include "harness/validity/validity.h"

namespace bakeoff::report::plots {
namespace {

double slices_until_steady(const journal::Trial& trial) {
  const journal::WarmUpRow& warm_up = *trial.warm_up;
  return static_cast<double>(warm_up.steady_from.value_or(warm_up.cpu_us_per_request.size()));
}

std::string void_reason_of(const journal::Trial& trial) {
  return validity::void_reason(trial, std::string(validity::metric::kEverything));
}

/// Of those that are believed, where there are any. nullptr where no trial warmed up by the rule.
const journal::Trial* middle_trial(const GridRow& row) {
  std::vector<const journal::Trial*> trials;
  for (const journal::Trial* trial : row.trials) {
    const bool has_series = trial != nullptr && trial->warm_up && !trial->warm_up->cpu_us_per_request.empty();
    if (has_series && gives_numbers(*trial)) trials.push_back(trial);
  }
  const auto believed =
      std::ranges::partition(trials, [](const auto* trial) { return void_reason_of(*trial).empty(); });
  if (believed.begin() != trials.begin()) trials.erase(believed.begin(), trials.end());
  if (trials.empty()) return nullptr;
  const auto middle = trials.begin() + static_cast<std::ptrdiff_t>((trials.size() - 1) / 2);
  std::ranges::nth_element(trials, middle, {}, [](const auto* trial) { return slices_until_steady(*trial); });
  return *middle;
}

Line warm_up_line(const journal::Trial& trial, std::size_t style) {
  const journal::WarmUpRow& warm_up = *trial.warm_up;
  Line line{.name = trial.subject + (warm_up.steady_from ? "" : " (never steady)"), .style = style};
  for (std::size_t slice = 0; slice < warm_up.cpu_us_per_request.size(); ++slice) {
    // Where the slice begins, as in the table.
    const double seconds = warm_up.slice_s * static_cast<double>(slice);
    LinePoint point{.x = seconds, .y = warm_up.cpu_us_per_request[slice], .void_reason = void_reason_of(trial)};
    if (warm_up.steady_from == slice) {
      point.tip = fmt::format("{}: steady from {} s on, {} us per request", trial.subject, format_number(seconds),
                              format_number(point.y));
    }
    line.points.push_back(std::move(point));
  }
  return line;
}

}  // namespace

std::vector<Plot> warm_up_plots(const Grid& grid, const ReportInfo& info) {
  std::vector<const journal::Trial*> trials;
  std::vector<std::string> subjects;
  for (const GridRow& row : grid.rows) {
    if (const journal::Trial* trial = middle_trial(row)) {
      trials.push_back(trial);
      subjects.push_back(row.subject);
    }
  }
  std::vector<Plot> plots;
  for (const LineGroup& group : line_groups(subjects, info)) {
    LinePlot plot{.name = grid.table + "-warm-up" + group.suffix,
                  .title = fmt::format("{}: the way to the steady state", grid.table),
                  .description = "What a request costs while the program warms up. The mark is where it is steady.",
                  .x = {.title = "seconds of load"},
                  .y = {.title = "CPU us/req", .kind = Scale::Kind::logarithmic}};
    for (std::size_t i = 0; i < group.names.size(); ++i) {
      const auto at = std::ranges::find(subjects, group.names[i]) - subjects.begin();
      plot.lines.push_back(warm_up_line(*trials[static_cast<std::size_t>(at)], i));
    }
    if (auto drawn = draw(plot)) plots.push_back(std::move(*drawn));
  }
  return plots;
}

}  // namespace bakeoff::report::plots
