#include "harness/commands/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/text_layout.h"

namespace bakeoff::commands {

std::string format_clock(double seconds) {
  const auto whole = static_cast<long>(std::max(0.0, seconds) + 0.5);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

Progress::Progress(const experiment::Plan& plan, std::size_t rows) : plan_(plan), done_(rows) {}

void Progress::begin(const experiment::PlannedTrial& trial, std::string_view who, int attempt, double elapsed_s) {
  if (!line_.shown()) return;
  const experiment::TableSpec& table = plan_.spec.tables[trial.table];
  double left = left_s(trial);
  if (plan_.spec.budget_s) left = std::min(left, std::max(0.0, *plan_.spec.budget_s - elapsed_s));
  const std::string blocks =
      plan_.spec.precision ? fmt::format("{} at least", plan_.spec.blocks) : fmt::format("{}", plan_.spec.blocks);
  const std::string text =
      fmt::format("[{}] {} · block {} of {} · {}{} · {} left", done_ + 1, table.name, trial.block + 1, blocks, who,
                  attempt > 1 ? " once more" : "", format_clock(left));
  line_.draw({report::shorten(text, DrawnLines::columns())});
}

void Progress::done(const experiment::PlannedTrial& trial, double took_s) {
  ++done_;
  took_s_[trial.table] = took_s;
}

/// The time for the promised blocks. How many more a precision may take is not known.
double Progress::left_s(const experiment::PlannedTrial& from) const {
  double left = 0;
  for (std::size_t table = from.table; table < plan_.spec.tables.size(); ++table) {
    const auto seen = took_s_.find(table);
    const double each =
        seen != took_s_.end() ? seen->second : experiment::estimate_s(plan_.spec, plan_.spec.tables[table]);
    const auto a_block = static_cast<double>(experiment::trials_per_block(plan_.spec, plan_.spec.tables[table]));
    double trials = static_cast<double>(plan_.spec.blocks) * a_block;
    if (table == from.table) trials -= static_cast<double>(from.block) * a_block + from.order;
    left += each * std::max(1.0, trials);
  }
  return left;
}

}  // namespace bakeoff::commands
