#include "harness/commands/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace bakeoff {

std::string format_clock(double seconds) {
  const auto whole = static_cast<long>(std::max(0.0, seconds) + 0.5);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

Progress::Progress(const Plan& plan) : plan_(plan), shown_(::isatty(STDERR_FILENO) != 0) {}

void Progress::begin(const PlannedTrial& trial, double elapsed_s) {
  if (!shown_) return;
  const TableSpec& table = plan_.spec.tables[trial.table];
  double left = left_s();
  if (plan_.spec.budget_s) left = std::min(left, std::max(0.0, *plan_.spec.budget_s - elapsed_s));
  fmt::print(stderr, "\r\033[K[{}/{}] {} · block {} of {} · {} · {} left", done_ + 1, plan_.trials.size(), table.name,
             trial.block + 1, plan_.spec.blocks, trial.subject, format_clock(left));
  std::fflush(stderr);
  visible_ = true;
}

void Progress::done(const PlannedTrial& trial, double took_s) {
  ++done_;
  took_s_[trial.table] = took_s;
}

void Progress::clear() {
  if (!visible_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  visible_ = false;
}

double Progress::left_s() const {
  double left = 0;
  for (std::size_t i = done_; i < plan_.trials.size(); ++i) {
    const std::size_t table = plan_.trials[i].table;
    const auto seen = took_s_.find(table);
    left += seen != took_s_.end() ? seen->second : estimate_s(plan_.spec.tables[table]);
  }
  return left;
}

}  // namespace bakeoff
