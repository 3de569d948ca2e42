#include "harness/selftest/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/report/figures.h"
#include "harness/report/grid.h"
#include "harness/validity/validity.h"

namespace bakeoff::selftest {

subjects::Subject renamed_subject(subjects::Subject subject, const std::string& name,
                                  const std::vector<std::string>& arguments) {
  subject.name = name;
  subject.arguments.insert(subject.arguments.end(), arguments.begin(), arguments.end());
  return subject;
}

stats::Series cpu_us_per_request(const std::vector<journal::Trial>& rows, const std::string& table,
                                 const std::string& subject) {
  std::vector<const journal::Trial*> trials;
  for (const journal::Trial& row : rows) {
    if (row.table == table) trials.push_back(&row);
  }
  const report::Grid grid = report::make_grid(trials, {});
  const report::GridRow* row = report::find_row(grid, subject);
  if (row == nullptr) return {};
  return report::figure_series(*row, report::server_figures().front()).valid;
}

std::string unexpected_failure(const std::vector<journal::Trial>& rows) {
  for (const journal::Trial& row : rows) {
    const std::string everything = validity::void_reason(row, validity::metric::kEverything);
    const bool slow = row.outcome == journal::Outcome::starved || row.outcome == journal::Outcome::overloaded;
    if (everything.empty() && (row.outcome == journal::Outcome::ok || slow)) continue;
    const std::string what = everything.empty() ? std::string(validity::outcome_name(row.outcome)) : everything;
    return fmt::format("{}: {}{}{}", row.trial_id, what, row.outcome_detail.empty() ? "" : ": ", row.outcome_detail);
  }
  return "";
}

std::string commonest_void_reason(const std::vector<journal::Trial>& rows) {
  std::map<std::string, std::size_t> times;
  for (const journal::Trial& row : rows) {
    const std::string reason = validity::void_reason(row, validity::metric::kCpuPerRequest);
    if (!reason.empty()) ++times[reason];
  }
  const auto most =
      std::max_element(times.begin(), times.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == times.end() ? "" : fmt::format("{} of {} trials {}", most->second, rows.size(), most->first);
}

std::string interval_text(const stats::Interval& interval) {
  return fmt::format("[{:.3f}, {:.3f}]", interval.low, interval.high);
}

std::string ratio_text(const stats::Ratio& ratio) {
  return fmt::format("{:.3f}{}", ratio.median, ratio.interval ? " " + interval_text(*ratio.interval) : "");
}

}  // namespace bakeoff::selftest
