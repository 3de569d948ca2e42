#include "harness/report/plots/scaling_plot.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/number_format.h"
#include "harness/report/plots/line_plot.h"
#include "harness/report/scaling.h"

namespace bakeoff::report::plots {
namespace {

constexpr std::size_t kMostFamilies = 4;
constexpr double kSteps = 60;

Line measured_line(const ScalingFamily& family, std::size_t style) {
  Line line{.name = family.name, .style = style};
  for (const Speedup& one : family.speedups) {
    LinePoint point{.x = one.point.processors, .y = one.point.speedup, .void_reason = one.void_reason};
    if (one.interval && one.point.processors != 1) point.low = one.interval->low, point.high = one.interval->high;
    point.tip =
        fmt::format("{}: {} units, speed-up {}{}", family.name, one.point.processors, format_number(one.point.speedup),
                    one.void_reason.empty() ? "" : fmt::format(" (void: {})", one.void_reason));
    line.points.push_back(std::move(point));
  }
  return line;
}

Line curve_of(const std::string& name, std::size_t style, CurveLook look, double most, const stats::ScalingFit& fit) {
  Line line{.name = name, .style = style, .curve = look};
  for (double step = 0; step <= kSteps; ++step) {
    const double n = 1 + (most - 1) * step / kSteps;
    line.points.push_back({.x = n, .y = stats::speedup_of(fit, n)});
  }
  return line;
}

void add_curves(const ScalingFamily& family, std::size_t style, std::vector<Line>& lines) {
  std::vector<stats::ScalingPoint> points;
  for (const Speedup& one : family.lawful()) points.push_back(one.point);
  if (points.size() < kLeastForCurve) return;
  const double most = points.back().processors;
  if (const auto amdahl = stats::fit_amdahl(points)) {
    lines.push_back(curve_of(family.name + ", Amdahl", style, CurveLook::amdahl, most, *amdahl));
  }
  if (const auto usl = stats::fit_scalability(points); usl && usl->kappa > 0) {
    lines.push_back(curve_of(family.name + ", USL", style, CurveLook::usl, most, *usl));
  }
}

}  // namespace

std::vector<Plot> scaling_plots(const Grid& grid) {
  const std::vector<ScalingFamily> families = scaling_of(grid);
  std::vector<Plot> plots;
  for (std::size_t from = 0; from < families.size(); from += kMostFamilies) {
    const std::size_t to = std::min(from + kMostFamilies, families.size());
    LinePlot plot{.name = grid.table + "-scaling",
                  .title = fmt::format("{}: speed-up over units, on {} CPUs", grid.table, families[from].cpus),
                  .description =
                      "Speed-ups against one unit with the band of their 95 % interval. On the dotted line "
                      "more units do proportionally more.",
                  .x = {.title = "units"},
                  .y = {.title = families[from].repeats_work ? "speed-up in work" : "speed-up"}};
    if (families.size() > kMostFamilies) plot.name += fmt::format("-{}", from / kMostFamilies + 1);
    double most = 1;
    for (std::size_t i = from; i < to; ++i) {
      plot.lines.push_back(measured_line(families[i], i - from));
      most = std::max(most, families[i].speedups.back().point.processors);
      add_curves(families[i], i - from, plot.lines);
      for (const Speedup& one : families[i].speedups) {
        const double units = one.point.processors;
        if (std::ranges::find(plot.x.ticks, units, &Tick::value) == plot.x.ticks.end()) {
          plot.x.ticks.push_back({units, fmt::format("{}", units)});
        }
      }
    }
    if (const double end = std::min(most, static_cast<double>(families[from].cpus)); end > 1) {
      plot.lines.push_back(
          {.name = "perfect", .points = {{.x = 1, .y = 1}, {.x = end, .y = end}}, .curve = CurveLook::reference});
    }
    if (auto drawn = draw(plot)) plots.push_back(std::move(*drawn));
  }
  return plots;
}

}  // namespace bakeoff::report::plots
