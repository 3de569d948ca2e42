#include "harness/report/sweep_points.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

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

std::string noun_of(const std::string& key) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kNouns{{{"rate_rps", "requests/s"},
                                                                                  {"idle", "idle connections"},
                                                                                  {"slow_senders", "slow senders"},
                                                                                  {"slow_readers", "slow readers"},
                                                                                  {"pipeline", "requests in flight"},
                                                                                  {"message_bytes", "bytes"},
                                                                                  {"memory_mib", "MiB of memory"},
                                                                                  {"heap_mib", "MiB of heap"},
                                                                                  {"pool", "pooled connections"},
                                                                                  {"back_end_delay_us", "us of delay"},
                                                                                  {"share", "(share)"}}};
  const auto found = std::ranges::find(kNouns, key, &std::pair<std::string_view, std::string_view>::first);
  return found == kNouns.end() ? key : std::string(found->second);
}

}  // namespace bakeoff::report
