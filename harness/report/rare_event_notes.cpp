#include "harness/report/rare_event_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/report/table.h"

namespace bakeoff::report {
namespace {

/// The jobs' own names (workloads/jobs/shared_count.cpp, deadlock.cpp).
constexpr std::array<std::string_view, 2> kRareEvents{"lost_percent", "deadlocks"};

}  // namespace

std::vector<std::string> rare_event_notes(const Grid& grid) {
  std::vector<std::string> notes;
  for (const Figure& figure : grid.figures) {
    if (std::ranges::find(kRareEvents, figure.key) == kRareEvents.end()) continue;
    for (const GridRow& row : grid.rows) {
      std::size_t blocks = 0, with_some = 0;
      double worst = 0;
      for (const auto& value : figure_series(row, figure).valid) {
        if (!value) continue;
        ++blocks;
        with_some += *value > 0 ? 1U : 0U;
        worst = std::max(worst, *value);
      }
      if (with_some == 0 || with_some == blocks) continue;
      notes.push_back(fmt::format("{}: {} is above 0 in {} of {} blocks, {} in the worst", row.subject, figure.title,
                                  with_some, blocks, format_number(worst)));
    }
  }
  return notes;
}

}  // namespace bakeoff::report
