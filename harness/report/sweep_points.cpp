#include "harness/report/sweep_points.h"

#include <algorithm>

namespace bakeoff::report {

std::vector<GridAt> measured_points(const journal::SweepFacts& sweep, std::span<const Grid> grids) {
  std::vector<GridAt> points;
  for (const journal::SweepPointFacts& point : sweep.points) {
    const auto found = std::ranges::find(grids, point.table, &Grid::table);
    if (found != grids.end()) points.push_back({point.value, &*found});
  }
  std::ranges::stable_sort(points, {}, &GridAt::at);
  return points;
}

std::vector<std::string> subjects_of(std::span<const GridAt> points) {
  std::vector<std::string> names;
  for (const GridAt& point : points) {
    for (const GridRow& row : point.grid->rows) {
      if (std::ranges::find(names, row.subject) == names.end()) names.push_back(row.subject);
    }
  }
  return names;
}

stats::Series by_block(const Grid& grid, const std::string& subject, const Figure& figure) {
  const GridRow* const row = find_row(grid, subject);
  if (row == nullptr || grid.blocks.empty()) return {};
  const stats::Series valid = figure_series(*row, figure).valid;
  stats::Series series(static_cast<std::size_t>(std::ranges::max(grid.blocks)) + 1);
  for (std::size_t i = 0; i < valid.size(); ++i) series[static_cast<std::size_t>(grid.blocks[i])] = valid[i];
  return series;
}

}  // namespace bakeoff::report
