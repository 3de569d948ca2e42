#include "harness/report/plots/sweep_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/journal/fixed_wait.h"
#include "harness/report/column_units.h"
#include "harness/report/leading_ratios.h"
#include "harness/report/number_format.h"
#include "harness/report/plots/line_groups.h"
#include "harness/report/plots/line_plot.h"
#include "harness/report/plots/measured_point.h"
#include "harness/report/sweep_points.h"
#include "harness/stats/sweep.h"

namespace bakeoff::report::plots {
namespace {

constexpr double kLogarithmicFrom = 8;  ///< Times the lowest value.

class SweepPlots {
 public:
  SweepPlots(const journal::SweepFacts& sweep, std::vector<GridAt> points, const ReportInfo& info)
      : sweep_(sweep), points_(std::move(points)), info_(info), first_(*points_.front().grid) {}

  std::vector<Plot> all() const {
    std::vector<Plot> plots;
    const Figure& leading = *leading_figure(first_);
    for (const Figure& figure : first_.figures) {
      const bool shown = figure.key == leading.key || (!first_.is_job && figure.key == second_figure());
      if (!shown) continue;
      for (const LineGroup& group : line_groups(report::subjects_of(points_), info_)) {
        LinePlot plot = plot_of(figure, group);
        if (figure.key == leading.key) add_crossings(plot, leading, group);
        if (figure.key == "throughput_rps") add_ceiling(plot);
        if (auto drawn = draw(plot)) plots.push_back(std::move(*drawn));
      }
    }
    return plots;
  }

 private:
  std::string second_figure() const { return sweep_.key == "rate_rps" ? "latency_us.p99" : "throughput_rps"; }

  LinePlot plot_of(const Figure& figure, const LineGroup& group) const {
    const std::string what = title_without_unit(figure.title, figure.unit);
    double largest = 0;
    for (const GridAt& point : points_) {
      for (const std::string& subject : group.names) {
        const GridRow* const row = find_row(*point.grid, subject);
        const auto known = row == nullptr ? std::nullopt : measured_point(*row, figure, point.at);
        if (known && known->void_reason.empty()) largest = std::max(largest, known->y);
      }
    }
    const FittingUnit unit = fitting_unit(figure.unit, largest);
    LinePlot plot{.name = fmt::format("{}-{}{}", sweep_.name, figure.key, group.suffix),
                  .title = fmt::format("{}: {} over {}", sweep_.name, what, noun_of(sweep_.key)),
                  .description = "Medians with the band of their 95 % interval. Hollow marks are void.",
                  .x = {.title = noun_of(sweep_.key)},
                  .y = {.title = unit.size == 1 ? figure.title : fmt::format("{}, {}", what, unit.name),
                        .kind = Scale::Kind::logarithmic}};
    if (points_.front().at > 0 && points_.back().at >= kLogarithmicFrom * points_.front().at) {
      plot.x.kind = Scale::Kind::logarithmic;
    }
    for (const GridAt& point : points_) {
      plot.x.ticks.push_back({point.at, format_count(static_cast<std::uint64_t>(std::llround(point.at)))});
    }
    if (std::ranges::any_of(points_, [](const GridAt& point) { return point.at != std::floor(point.at); })) {
      plot.x.ticks.clear();
    }
    for (std::size_t i = 0; i < group.names.size(); ++i) add_line(plot, group.names[i], i, figure, unit);
    return plot;
  }

  void add_line(LinePlot& plot, const std::string& subject, std::size_t style, const Figure& figure,
                const FittingUnit& unit) const {
    Line line{.name = subject, .style = style};
    for (const GridAt& point : points_) {
      const GridRow* const row = find_row(*point.grid, subject);
      if (row == nullptr) continue;
      if (const auto known = measured_point(*row, figure, point.at, unit.size)) line.points.push_back(*known);
    }
    if (!line.points.empty()) plot.lines.push_back(std::move(line));
  }

  void add_crossings(LinePlot& plot, const Figure& leading, const LineGroup& group) const {
    const std::string& baseline = baseline_of(first_, info_);
    // Where it is not drawn, nobody is seen to cross it.
    if (std::ranges::find(group.names, baseline) == group.names.end()) return;
    for (const std::string& subject : group.names) {
      if (subject == baseline) continue;
      std::vector<stats::SweepPoint> compared;
      for (const GridAt& point : points_) {
        compared.push_back({.at = point.at,
                            .subject = by_block(*point.grid, subject, leading),
                            .baseline = by_block(*point.grid, baseline, leading)});
      }
      const stats::Crossing crossing = stats::find_crossing(compared);
      if (!crossing.begins || !crossing.leaves) continue;
      plot.stretches.push_back({points_[*crossing.leaves].at, points_[*crossing.begins].at,
                                fmt::format("{} crosses {}", subject, baseline)});
    }
  }

  /// Connections over wait, where each request waits for the same time.
  void add_ceiling(LinePlot& plot) const {
    Line ceiling{.name = "connections / wait", .curve = CurveLook::reference};
    for (const GridAt& point : points_) {
      const journal::Trial* const trial = example_trial(*point.grid);
      const auto rps = trial == nullptr ? std::nullopt : journal::waiting_ceiling_rps(trial->params.load);
      if (rps) ceiling.points.push_back({.x = point.at, .y = *rps});
    }
    if (!ceiling.points.empty()) plot.lines.push_back(std::move(ceiling));
  }

  const journal::SweepFacts& sweep_;
  const std::vector<GridAt> points_;
  const ReportInfo& info_;
  const Grid& first_;
};

}  // namespace

std::vector<Plot> sweep_plots(const journal::SweepFacts& sweep, std::span<const Grid> grids, const ReportInfo& info) {
  std::vector<GridAt> points = measured_points(sweep, grids);
  if (points.size() < 2 || leading_figure(*points.front().grid) == nullptr) return {};
  return SweepPlots(sweep, std::move(points), info).all();
}

}  // namespace bakeoff::report::plots
