#include "harness/selftest/paired.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/report/columns.h"
#include "harness/report/grid.h"
#include "harness/validity/validity.h"

namespace bakeoff {

Subject variant(Subject subject, const std::string& name, const std::vector<std::string>& arguments) {
  subject.name = name;
  subject.arguments.insert(subject.arguments.end(), arguments.begin(), arguments.end());
  return subject;
}

Series cpu_us_per_request(const std::vector<Trial>& rows, const std::string& table, const std::string& subject) {
  std::vector<const Trial*> trials;
  for (const Trial& row : rows) {
    if (row.table == table) trials.push_back(&row);
  }
  const Grid grid = make_grid(trials, {});
  const GridRow* row = find_row(grid, subject);
  if (row == nullptr) return {};
  return figure_series(*row, server_figures().front()).valid;
}

std::string trouble(const std::vector<Trial>& rows) {
  for (const Trial& row : rows) {
    const std::string everything = void_reason(row, metric::kEverything);
    const bool slow = row.outcome == Outcome::starved || row.outcome == Outcome::overloaded;
    if (everything.empty() && (row.outcome == Outcome::ok || slow)) continue;
    const std::string what = everything.empty() ? std::string(outcome_name(row.outcome)) : everything;
    return fmt::format("{}: {}{}{}", row.trial_id, what, row.outcome_detail.empty() ? "" : ": ", row.outcome_detail);
  }
  return "";
}

std::string most_voided(const std::vector<Trial>& rows) {
  std::map<std::string, std::size_t> times;
  for (const Trial& row : rows) {
    const std::string reason = void_reason(row, metric::kCpuPerRequest);
    if (!reason.empty()) ++times[reason];
  }
  const auto most =
      std::max_element(times.begin(), times.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == times.end() ? "" : fmt::format("{} of {} trials {}", most->second, rows.size(), most->first);
}

std::string interval_text(const Interval& interval) {
  return fmt::format("[{:.3f}, {:.3f}]", interval.low, interval.high);
}

std::string ratio_text(const Ratio& ratio) {
  return fmt::format("{:.3f}{}", ratio.median, ratio.interval ? " " + interval_text(*ratio.interval) : "");
}

}  // namespace bakeoff
