#include "harness/report/plots/block_plot.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "harness/report/column_units.h"
#include "harness/report/leading_ratios.h"
#include "harness/report/plots/line_groups.h"
#include "harness/report/plots/line_plot.h"
#include "harness/stats/summary.h"
#include "harness/validity/validity.h"

namespace bakeoff::report::plots {
namespace {

constexpr std::size_t kLeastBlocks = 3;

/// The ticks of an axis of block numbers: whole ones, and not too many.
std::vector<Tick> block_ticks(const std::vector<int>& blocks) {
  constexpr std::size_t kMost = 12;
  const std::size_t step = (blocks.size() + kMost - 1) / kMost;
  std::vector<Tick> ticks;
  for (std::size_t i = 0; i < blocks.size(); i += step) {
    ticks.push_back({static_cast<double>(blocks[i] + 1), std::to_string(blocks[i] + 1)});
  }
  return ticks;
}

Line block_line(const Grid& grid, const GridRow& row, const Figure& figure, std::size_t style) {
  Line line{.name = row.subject, .style = style};
  const FigureSeries series = figure_series(row, figure);
  auto summary = stats::summarize(series.valid);
  if (!summary) summary = stats::summarize(series.struck);
  if (!summary || !(summary->median > 0)) return line;
  for (std::size_t block = 0; block < row.trials.size(); ++block) {
    const stats::BlockValue& value = series.valid[block] ? series.valid[block] : series.struck[block];
    if (!value) continue;
    LinePoint point{.x = static_cast<double>(grid.blocks[block] + 1), .y = *value / summary->median};
    if (!series.valid[block]) {
      const std::string own = validity::void_reason(*row.trials[block], figure.metric);
      point.void_reason = own.empty() ? series.reason : own;  // Its own, or that of the whole subject: unsteady.
    }
    // Noise that leaves this figure as it is and voids another.
    point.is_ringed = point.void_reason.empty() && validity::is_noisy(*row.trials[block]);
    const std::string remark = point.is_ringed             ? " (others disturbed this block)"
                               : point.void_reason.empty() ? ""
                                                           : fmt::format(" (void: {})", point.void_reason);
    point.tip = fmt::format("{}, block {}: {}{}", row.subject, grid.blocks[block] + 1,
                            number_with_unit(*value, figure.unit), remark);
    line.points.push_back(std::move(point));
  }
  return line;
}

}  // namespace

std::vector<Plot> block_plots(const Grid& grid, const ReportInfo& info) {
  std::vector<Plot> plots;
  const Figure* const figure = leading_figure(grid);
  if (figure == nullptr || grid.blocks.size() < kLeastBlocks) return plots;
  const std::string what = title_without_unit(figure->title, figure->unit);
  for (const LineGroup& group : line_groups(subjects_of(grid), info)) {
    LinePlot plot{.name = grid.table + "-blocks" + group.suffix,
                  .title = fmt::format("{}: {} in each block, over the subject's median", grid.table, what),
                  .description =
                      "Blocks in the order of time. A ring marks a block that others disturbed, a hollow mark "
                      "a void value.",
                  .x = {.title = "block", .ticks = block_ticks(grid.blocks)},
                  .y = {.title = what + " / median", .kind = Scale::Kind::logarithmic},
                  .horizontal = {{1, ""}}};
    for (std::size_t i = 0; i < group.names.size(); ++i) {
      plot.lines.push_back(block_line(grid, *find_row(grid, group.names[i]), *figure, i));
      if (plot.lines.back().points.empty()) plot.lines.pop_back();
    }
    if (auto drawn = draw(plot)) plots.push_back(std::move(*drawn));
  }
  return plots;
}

}  // namespace bakeoff::report::plots
