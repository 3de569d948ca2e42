#include "harness/report/plots/percentile_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "harness/report/number_format.h"
#include "harness/report/plots/line_groups.h"
#include "harness/report/plots/line_plot.h"
#include "harness/validity/validity.h"

namespace bakeoff::report::plots {
namespace {

constexpr double kPerDecade = 12;
constexpr double kMostTail = 1e5;
constexpr double kLeastBeyond = 10;  ///< Samples: a percentile with fewer beyond it is chance.
constexpr double kNsPerUs = 1000;

struct NamedPercentile {
  double tail;
  const char* name;
  std::string_view metric;  ///< Whose validity it has.
};
constexpr std::array<NamedPercentile, 5> kNamed{{{2, "p50", "latency.p50"},
                                                 {10, "p90", "latency.p90"},
                                                 {100, "p99", "latency.p99"},
                                                 {1000, "p99.9", "latency.p999"},
                                                 {10'000, "p99.99", "latency.p999"}}};

std::string reason_of(const journal::Trial& trial, std::string_view metric) {
  return validity::void_reason(trial, std::string(metric));
}

/// How much of its latencies is void: nothing up to the p99, some percentile, or all.
enum class VoidPart : std::uint8_t { none, some, all };

VoidPart void_part(const journal::Trial& trial) {
  if (!reason_of(trial, validity::metric::kLatency).empty()) return VoidPart::all;
  const auto is_void = [&](const NamedPercentile& one) {
    return one.tail <= 100 && !reason_of(trial, one.metric).empty();
  };
  return std::ranges::any_of(kNamed, is_void) ? VoidPart::some : VoidPart::none;
}

/// The latencies of the blocks that are the least void, together.
struct Latencies {
  stats::Histogram histogram;
  std::array<std::string, kNamed.size()> void_reasons{};  ///< For each of kNamed, and what lies before it.

  const std::string& void_reason_at(double tail) const {
    std::size_t i = 0;
    while (i + 1 < kNamed.size() && kNamed[i].tail < tail) ++i;
    return void_reasons[i];
  }
};

/// nullopt without a histogram.
std::optional<Latencies> latencies_of(const GridRow& row, const std::string& request_class,
                                      const HistogramsOfTrials& histograms) {
  std::vector<const journal::Trial*> trials;
  VoidPart least = VoidPart::all;
  for (const journal::Trial* trial : row.trials) {
    if (trial == nullptr || !gives_numbers(*trial)) continue;
    const auto found = histograms.find({trial->trial_id, trial->attempt});
    if (found == histograms.end() || !found->second.contains(request_class)) continue;
    trials.push_back(trial);
    least = std::min(least, void_part(*trial));
  }
  std::erase_if(trials, [&](const journal::Trial* trial) { return void_part(*trial) != least; });
  if (trials.empty()) return std::nullopt;
  Latencies latencies;
  for (const journal::Trial* trial : trials) {
    latencies.histogram.merge(histograms.at({trial->trial_id, trial->attempt}).at(request_class));
    for (std::size_t i = 0; i < kNamed.size(); ++i) {
      std::string& reason = latencies.void_reasons[i];
      if (reason.empty()) reason = reason_of(*trial, kNamed[i].metric);
      if (reason.empty() && is_too_often_unsteady(row)) reason = validity::reason::kUnsteady;
    }
  }
  return latencies;
}

/// The classes of the requests where there are several, which one line for all would hide; otherwise "total".
std::vector<std::string> classes_of(const Grid& grid, const HistogramsOfTrials& histograms) {
  std::set<std::string> classes;
  for (const GridRow& row : grid.rows) {
    for (const journal::Trial* trial : row.trials) {
      if (trial == nullptr) continue;
      const auto found = histograms.find({trial->trial_id, trial->attempt});
      if (found == histograms.end()) continue;
      for (const auto& [name, histogram] : found->second) {
        if (journal::is_request_class(name)) classes.insert(name);
      }
    }
  }
  return classes.empty() ? std::vector<std::string>{"total"} : std::vector<std::string>(classes.begin(), classes.end());
}

Line percentile_line(const std::string& subject, std::size_t style, const Latencies& latencies,
                     const FittingUnit& unit) {
  Line line{.name = subject, .style = style};
  const double samples = static_cast<double>(latencies.histogram.count());
  const double most = std::min(kMostTail, samples / kLeastBeyond);
  const auto add = [&](double tail, const std::string& name) {
    const double us = static_cast<double>(latencies.histogram.value_at_ns(1 - 1 / tail)) / kNsPerUs;
    LinePoint point{.x = tail, .y = us / unit.size, .void_reason = latencies.void_reason_at(tail)};
    if (!name.empty()) point.tip = fmt::format("{}: {} {}", subject, name, format_latency(us));
    line.points.push_back(std::move(point));
  };
  // Without the minimum, which says nothing and would stretch the axis.
  for (double step = 1; std::pow(10, step / kPerDecade) <= most; ++step) add(std::pow(10, step / kPerDecade), "");
  for (const NamedPercentile& one : kNamed) {
    if (one.tail <= most) add(one.tail, one.name);
  }
  std::ranges::stable_sort(line.points, {}, &LinePoint::x);
  return line;
}

std::optional<Plot> plot_of(const Grid& grid, const LineGroup& group, const std::string& request_class,
                            const HistogramsOfTrials& histograms, const std::optional<double>& limit_ms) {
  std::vector<std::pair<std::size_t, Latencies>> known;  // By the place in the group, which is the style.
  double longest_us = 0;
  for (std::size_t i = 0; i < group.names.size(); ++i) {
    auto latencies = latencies_of(*find_row(grid, group.names[i]), request_class, histograms);
    if (!latencies || latencies->histogram.count() == 0) continue;
    longest_us = std::max(longest_us, static_cast<double>(latencies->histogram.value_at_ns(0.99)) / kNsPerUs);
    known.emplace_back(i, std::move(*latencies));
  }
  const bool is_total = request_class == "total";
  const FittingUnit unit = fitting_unit("us", longest_us);
  LinePlot plot{
      .name =
          fmt::format("{}-latency{}{}", grid.table, is_total ? "" : "-" + file_name_of(request_class), group.suffix),
      .title = fmt::format("{}: latency by percentile{}", grid.table, is_total ? "" : ", " + request_class),
      .description = "Each line is the latency that a share of the requests did not exceed, over all blocks together.",
      .x = {.title = "percentile of the requests", .kind = Scale::Kind::logarithmic},
      .y = {.title = "latency, " + unit.name, .kind = Scale::Kind::logarithmic}};
  for (const NamedPercentile& one : kNamed) plot.x.ticks.push_back({one.tail, one.name});
  for (const auto& [i, latencies] : known) plot.lines.push_back(percentile_line(group.names[i], i, latencies, unit));
  if (limit_ms) {
    plot.horizontal.push_back(
        {*limit_ms * 1000 / unit.size, fmt::format("limit of the p99: {} ms", format_number(*limit_ms))});
  }
  return draw(plot);
}

}  // namespace

std::vector<Plot> percentile_plots(const Grid& grid, const ReportInfo& info, const HistogramsOfTrials& histograms) {
  std::vector<Plot> plots;
  const journal::Trial* const example = example_trial(grid);
  if (example == nullptr || grid.is_job) return plots;
  for (const std::string& request_class : classes_of(grid, histograms)) {
    for (const LineGroup& group : line_groups(subjects_of(grid), info)) {
      auto drawn = plot_of(grid, group, request_class, histograms, example->params.p99_limit_ms);
      if (drawn) plots.push_back(std::move(*drawn));
    }
  }
  return plots;
}

}  // namespace bakeoff::report::plots
