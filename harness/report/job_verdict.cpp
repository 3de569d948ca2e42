#include "harness/report/job_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/report/number_format.h"
#include "harness/stats/summary.h"

namespace bakeoff::report {
namespace {

/// The jobs' own names (workloads/jobs/shared_count.cpp, deadlock.cpp).
constexpr std::string_view kLost = "lost", kDeadlocks = "deadlocks";

std::optional<double> own_figure(const journal::JobRow& job, std::string_view name) {
  const auto found = std::ranges::find(job.figures, name, &journal::JobFigure::name);
  return found == job.figures.end() ? std::nullopt : std::optional(found->value);
}

/// " in 2 of 5", "" where it is all of them.
std::string in_some(std::size_t some, std::size_t all) {
  return some == all ? "" : fmt::format(" in {} of {}", some, all);
}

/// `shares` are what each run lost of its increments.
std::string lost_in_words(const std::vector<double>& shares) {
  const auto losing = static_cast<std::size_t>(std::ranges::count_if(shares, [](double share) { return share > 0; }));
  if (losing == 0) return "nothing lost";
  if (losing < shares.size()) return "lost some" + in_some(losing, shares.size());
  return "lost " + format_share(stats::median(shares).value_or(0));
}

}  // namespace

std::string job_verdict(std::span<const journal::Trial* const> runs) {
  std::size_t answered = 0, wrong = 0, deadlocked = 0;
  bool may_deadlock = false;
  std::vector<double> lost_shares;
  for (const journal::Trial* run : runs) {
    if (run == nullptr || !run->job) continue;
    ++answered;
    if (!run->job->answer_right) ++wrong;
    if (const auto deadlocks = own_figure(*run->job, kDeadlocks)) {
      may_deadlock = true;
      if (*deadlocks > 0) ++deadlocked;
    }
    if (const auto lost = own_figure(*run->job, kLost)) {
      lost_shares.push_back(*lost > 0 ? *lost / (*lost + static_cast<double>(run->job->answer)) : 0);
    }
  }
  if (wrong > 0) return "WRONG" + in_some(wrong, answered);
  if (deadlocked > 0) return "deadlock reproduced" + in_some(deadlocked, answered);
  if (may_deadlock) return "no deadlock";
  return lost_shares.empty() ? "right" : lost_in_words(lost_shares);
}

}  // namespace bakeoff::report
