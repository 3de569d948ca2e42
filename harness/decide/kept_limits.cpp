#include "harness/decide/kept_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"
#include "harness/stats/summary.h"
#include "harness/validity/validity.h"

namespace bakeoff::decide {
namespace {

std::string times_the_limit(double over) {
  return fmt::format("{} times the limit", report::format_number(over));
}

/// Whether all requests of the block were answered, at their rate, however late.
load::SloVerdict judge_answers(const journal::Trial& trial, const load::Slo& slo) {
  if (!report::gives_numbers(trial) || !trial.client) {
    const std::string detail = trial.outcome_detail.empty() ? "" : ": " + trial.outcome_detail;
    return {.broke = "errors", .words = std::string(validity::outcome_name(trial.outcome)) + detail};
  }
  load::Slo any = slo;
  any.limit_us = std::numeric_limits<double>::infinity();
  load::SloVerdict verdict = load::judge_slo(trial, any);
  if (verdict.void_reason != validity::reason::kNoisy) return verdict;
  // Others take time from a server and never give it any: what was answered beside them would be answered without them.
  journal::Trial quiet = trial;
  quiet.validity.clear();
  const load::SloVerdict without = load::judge_slo(quiet, any);
  return without.met() ? without : verdict;
}

/// nullopt where the latency of the block says nothing. Our own slip and other programs make a latency longer and never
/// shorter, so that one below the limit counts in spite of them.
std::optional<bool> is_late(const journal::Trial& trial, const load::Slo& slo) {
  if (!report::gives_numbers(trial) || !trial.client) return std::nullopt;
  const auto total = trial.client->latency_us.find("total");
  if (total == trial.client->latency_us.end() || total->second.count == 0) return std::nullopt;
  const bool late = !(total->second.*slo.value <= slo.limit_us);
  const std::string reason = validity::void_reason(trial, slo.metric);
  const bool only_longer = reason == validity::reason::kSlipped || reason == validity::reason::kNoisy;
  const bool counts = reason.empty() || reason == validity::reason::kUnderdelivered || (only_longer && !late);
  return counts ? std::optional(late) : std::nullopt;
}

/// Blocks that broke in one way: how many, and what one of them had.
struct Cause {
  std::size_t blocks = 0;
  std::string words{};
  std::vector<double> answered_rps{}, offered_rps{};  ///< Of blocks that were answered at another rate.
};
using Causes = std::map<std::string, Cause>;  ///< By load::SloVerdict::broke.

void add_failure(const journal::Trial& trial, const load::SloVerdict& verdict, Causes& causes) {
  Cause& cause = causes[verdict.broke];
  ++cause.blocks;
  cause.words = verdict.words;
  if (verdict.broke != "rate") return;
  cause.answered_rps.push_back(trial.client->throughput_rps);
  cause.offered_rps.push_back(*trial.client->offered_rps);
}

/// "890 [870, 905] requests per second answered of 1000 in 9 of 9 blocks"
std::string causes_in_words(const Causes& causes, std::size_t fails, std::size_t blocks) {
  const Cause& most =
      std::ranges::max_element(causes, {}, [](const auto& cause) { return cause.second.blocks; })->second;
  std::string words = most.words;
  if (!most.answered_rps.empty()) {
    words = fmt::format("{} requests per second answered of {}", in_words(estimate_of(most.answered_rps), ""),
                        report::format_count(static_cast<std::uint64_t>(*stats::median(most.offered_rps) + 0.5)));
  }
  return fmt::format("{}{} in {} of {} blocks", words, causes.size() == 1 ? "" : " and other failures", fails, blocks);
}

LimitAnswer answered_limit(std::size_t fails, std::size_t blocks, const Causes& causes, const Profile& profile) {
  LimitAnswer answer{
      .name = kAnsweredLimit, .kept = pass_in_the_middle(blocks - fails, fails), .fails = fails, .blocks = blocks};
  if (fails != 0) {
    answer.words = causes_in_words(causes, fails, blocks);
  } else if (blocks != 0) {
    answer.words = fmt::format("every request was answered{} in {}", profile.is_open() ? " at the rate" : "",
                               report::counted(blocks, "block"));
  } else {
    answer.words = "no block says whether requests were answered";
  }
  return answer;
}

LimitAnswer latency_limit(std::size_t fails, std::size_t blocks, const Estimate& latency, const load::Slo& slo) {
  LimitAnswer answer{.name = slo.figure,
                     .kept = pass_in_the_middle(blocks - fails, fails),
                     .words = slo.figure + " " + in_words(latency, "us"),
                     .fails = fails,
                     .blocks = blocks};
  if (latency.median) answer.over = *latency.median / slo.limit_us;
  if (latency.median && latency.voids != 0) {
    answer.words += fmt::format(" (of {})", report::counted(latency.blocks, "valid block"));
  }
  if (latency.median && answer.kept == Answer::no) answer.words += ", " + times_the_limit(*answer.over);
  if (answer.kept == Answer::no) {
    answer.words += fmt::format(", above {} in {} of {} blocks", load::time_text(slo.limit_us), fails, blocks);
  }
  if (answer.kept != Answer::no && (fails != 0 || !latency.median)) {
    answer.words +=
        fmt::format(", within {} in {} of {} blocks", load::time_text(slo.limit_us), blocks - fails, blocks);
  }
  return answer;
}

}  // namespace

load::Slo limit_of(const Profile& profile) {
  if (profile.slo) return *profile.slo;
  load::Slo any = load::parse_slo("p99=1s");
  any.limit_us = std::numeric_limits<double>::infinity();
  return any;
}

KeptInBlocks kept_in_blocks(const report::GridRow& row, const Profile& profile, const Estimate& latency) {
  const load::Slo slo = limit_of(profile);
  std::size_t answer_blocks = 0, answer_fails = 0, latency_blocks = 0, latency_fails = 0, both_pass = 0, any_fails = 0;
  Causes causes;
  for (const journal::Trial* trial : row.trials) {
    if (trial == nullptr) continue;
    const load::SloVerdict answers = judge_answers(*trial, slo);
    const std::optional<bool> late = is_late(*trial, slo);
    const bool answers_known = answers.void_reason.empty(), unanswered = answers_known && !answers.met();
    answer_blocks += answers_known;
    answer_fails += unanswered;
    if (unanswered) add_failure(*trial, answers, causes);
    latency_blocks += late.has_value();
    latency_fails += late.value_or(false);
    any_fails += unanswered || late.value_or(false);
    both_pass += answers_known && !unanswered && late && !*late;
  }
  KeptInBlocks kept{.answered = answered_limit(answer_fails, answer_blocks, causes, profile),
                    .together = pass_in_the_middle(both_pass, any_fails)};
  if (profile.slo) kept.latency = latency_limit(latency_fails, latency_blocks, latency, slo);
  if (!profile.slo) kept.together = kept.answered.kept;
  return kept;
}

LimitAnswer kept_below(const std::string& name, const Estimate& estimate, double limit, std::string_view unit) {
  LimitAnswer answer{.name = name,
                     .kept = is_below(estimate, limit),
                     .words = name + " " + in_words(estimate, unit),
                     .blocks = estimate.blocks};
  if (estimate.median) answer.over = *estimate.median / limit;
  if (answer.kept == Answer::no) answer.words += ", " + times_the_limit(*answer.over);
  return answer;
}

}  // namespace bakeoff::decide
