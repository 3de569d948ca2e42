#include "harness/decide/traffic.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/report/number_format.h"

namespace bakeoff::decide {
namespace {

std::string rate_in_words(const RateStep& step) {
  return fmt::format("{}/s ({:.3g} times)", report::format_count(static_cast<std::uint64_t>(step.rate_rps + 0.5)),
                     step.factor);
}

}  // namespace

std::vector<Headroom> headroom(std::span<const journal::Trial> rows, const Phase& traffic,
                               const std::vector<std::string>& candidates) {
  std::vector<Headroom> all;
  for (const std::string& name : candidates) all.push_back({.subject = name, .steps = {}});
  for (const Variation& rate : traffic.variations) {
    const Verdict verdict = assess(rows, rate.table, rate.profile);
    for (Headroom& one : all) {
      const Assessment* found = verdict.find(one.subject);
      if (found == nullptr) continue;
      RateStep step{.rate_rps = rate.profile.rate_rps,
                    .factor = rate.factor,
                    .keeps = found->keeps,
                    .broke = fmt::format("{}", fmt::join(missed_limits(*found), "; ")),
                    .trials = found->trials};
      if (step.keeps == Answer::no) step.broke += busy_in_words(*found);
      if (rate.factor == 2) one.at_twice = step.keeps;
      const bool unbroken = std::ranges::all_of(one.steps, [](const RateStep& s) { return s.keeps == Answer::yes; });
      if (step.keeps == Answer::yes && unbroken) one.keeps_at = step;
      if (step.keeps == Answer::no && !one.first_miss) one.first_miss = step;
      one.steps.push_back(step);
    }
  }
  return all;
}

std::string in_words(const Headroom& of) {
  if (of.steps.empty()) return "was not measured at higher rates";
  std::string text = of.keeps_at ? "keeps the limits up to " + rate_in_words(*of.keeps_at)
                                 : "was not seen to keep the limits at a higher rate";
  if (of.first_miss) {
    return text + fmt::format(", and at {} it misses them: {}", rate_in_words(*of.first_miss), of.first_miss->broke);
  }
  const bool all_kept = of.keeps_at && of.keeps_at->rate_rps == of.steps.back().rate_rps;
  if (all_kept) return text + ", the highest rate that was tried";
  const auto open = std::ranges::find(of.steps, Answer::unknown, &RateStep::keeps);
  return text + fmt::format("; at {} it was not decided whether it keeps them", rate_in_words(*open));
}

}  // namespace bakeoff::decide
