#include "harness/decide/decision.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"
#include "harness/validity/validity.h"

namespace bakeoff::decide {
namespace {

std::vector<ExtrapolatedMemory> extrapolate(Decision& decision, std::span<const journal::Trial> rows) {
  const std::vector<Variation>& tables = decision.asked.variations;
  std::vector<ExtrapolatedMemory> all;
  if (tables.size() < 2) return all;
  for (const std::string& name : decision.candidates.measured) {
    std::vector<MemoryPoint> points;
    for (const Variation& table : tables) {
      const auto trials = report::trials_of_table(rows, table.table);
      const report::Grid grid = report::make_grid(trials, {});
      const report::GridRow* row = report::find_row(grid, name);
      if (row != nullptr) points.push_back({table.profile.connections, report::figure_series(*row, memory_figure())});
    }
    all.push_back({name, extrapolated_memory(points, decision.profile.connections)});
    if (const auto bent = bend(points)) decision.memory_bend = std::max(*bent, decision.memory_bend.value_or(0));
  }
  return all;
}

/// The values of the trials of a row that give numbers, in the middle.
std::optional<double> middle_of(const report::GridRow& row,
                                const std::function<std::optional<double>(const journal::Trial&)>& value) {
  std::vector<double> values;
  for (const journal::Trial* trial : row.trials) {
    if (trial == nullptr || !report::gives_numbers(*trial)) continue;
    if (const auto one = value(*trial)) values.push_back(*one);
  }
  return stats::median(values);
}

std::string caveat_of(const report::GridRow& row) {
  std::vector<std::string> parts;
  const bool is_runtime = std::ranges::any_of(
      row.trials, [](const journal::Trial* trial) { return trial != nullptr && trial->runtime.has_value(); });
  if (!is_runtime) return "";
  if (const auto ms = middle_of(row, [](const journal::Trial& t) {
        return t.subject_cost ? t.subject_cost->startup_ms : std::optional<double>();
      })) {
    parts.push_back("ready after " + report::format_with_unit(*ms, "ms"));
  }
  if (const auto us = middle_of(row, [](const journal::Trial& t) {
        return t.warm_up && t.warm_up->first_us ? std::optional(t.warm_up->first_us->p99) : std::nullopt;
      })) {
    parts.push_back("its first requests have a p99 of " + report::format_latency(*us));
  }
  if (const auto us = middle_of(row, [](const journal::Trial& t) {
        return t.client && t.client->subject_pauses ? std::optional(t.client->subject_pauses->longest_us)
                                                    : std::nullopt;
      })) {
    if (*us > 0) parts.push_back("its longest pause is " + report::format_latency(*us));
  }
  const auto unsteady = std::ranges::count_if(row.trials, [](const journal::Trial* trial) {
    return trial != nullptr && trial->warm_up && !trial->warm_up->steady_from;
  });
  if (unsteady != 0) parts.push_back(fmt::format("never steady in {} of {} blocks", unsteady, row.trials.size()));
  if (parts.empty()) return "";
  return "the figures are of its steady state; " + report::listed(parts);
}

std::string chosen_words(const std::vector<std::string>& chosen) {
  if (chosen.size() == 1) return chosen.front();
  std::string text;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == chosen.size() ? " or " : ", ") + chosen[i];
  }
  return text;
}

/// How many limits, and how far from them.
double distance(const Assessment& one) {
  double worst = 0;
  for (const LimitAnswer& limit : one.limits) {
    if (limit.kept == Answer::no) worst = std::max(worst, limit.over.value_or(1e9));
  }
  return worst;
}

std::vector<std::string> nobody_sentences(const Decision& decision) {
  std::vector<std::string> sentences;
  const std::vector<std::string> unknown = decision.verdict.with(Standing::unknown);
  if (!unknown.empty()) {
    sentences.push_back(
        fmt::format("Nobody was seen to keep every limit. Not decided: {}. More blocks on a quieter "
                    "machine would tell.",
                    report::listed(unknown)));
  } else {
    sentences.emplace_back("Nobody keeps every limit of the profile.");
  }
  const Assessment* nearest = nullptr;
  for (const Assessment& one : decision.verdict.assessments) {
    if (one.standing == Standing::misses && (nearest == nullptr || distance(one) < distance(*nearest))) nearest = &one;
  }
  if (nearest == nullptr) return sentences;
  std::vector<std::string> missed;
  for (const LimitAnswer& limit : nearest->limits) {
    if (limit.kept == Answer::no) missed.push_back(limit.words);
  }
  sentences.push_back(fmt::format("The nearest is {}: {}.", nearest->subject, report::listed(missed)));
  for (const LimitAnswer& limit : nearest->limits) {
    const auto keeps = std::ranges::any_of(decision.verdict.assessments, [&](const Assessment& one) {
      return std::ranges::any_of(
          one.limits, [&](const LimitAnswer& other) { return other.name == limit.name && other.kept != Answer::no; });
    });
    if (!keeps) sentences.push_back(fmt::format("No candidate keeps the limit on {}.", limit.name));
  }
  return sentences;
}

/// What the difference of two CPU times is in the profile.
std::string worth(const Decision& decision, const Assessment& chosen, const Assessment& other) {
  if (!decision.profile.is_open() || !chosen.cpu_us.median || !other.cpu_us.median) return "";
  const double more = (*other.cpu_us.median - *chosen.cpu_us.median) * decision.profile.rate_rps / 1e6;
  return fmt::format(", in this profile {:.2g} % of a CPU more", more * 100);
}

}  // namespace

void judge_asked(Decision& decision, std::span<const journal::Trial> rows) {
  Profile there = decision.profile;
  if (!decision.asked.variations.empty()) there = decision.asked.variations.front().profile;
  decision.verdict = assess(rows, kAskedTable, there, extrapolate(decision, rows));
  decision.caveats.clear();
  const auto trials = report::trials_of_table(rows, kAskedTable);
  const report::Grid grid = report::make_grid(trials, {});
  for (const report::GridRow& row : grid.rows) {
    if (const std::string words = caveat_of(row); !words.empty()) decision.caveats.push_back({row.subject, words});
  }
}

std::string cpu_share_in_words(const Decision& decision, const Assessment& one) {
  if (!decision.profile.is_open() || !one.cpu_us.median) return "";
  const double to_percent = decision.profile.rate_rps / 1e6 / static_cast<double>(decision.cpus) * 100;
  return in_words(scaled(one.cpu_us, to_percent), "%");
}

std::vector<std::string> outcome_sentences(const Decision& decision) {
  const Verdict& verdict = decision.verdict;
  const std::vector<std::string> chosen = verdict.with(Standing::choice);
  if (chosen.empty()) return nobody_sentences(decision);
  const Assessment& cheapest = *verdict.find(verdict.cheapest);
  std::vector<std::string> sentences;
  std::string first = fmt::format("{}: {} every limit, with {} of CPU time per request", chosen_words(chosen),
                                  chosen.size() == 1 ? "it keeps" : "they keep", in_words(cheapest.cpu_us, "us"));
  if (const std::string share = cpu_share_in_words(decision, cheapest); !share.empty()) {
    first += fmt::format(" ({} of {})", share, report::counted(decision.cpus, "CPU"));
  }
  sentences.push_back(first + ".");
  if (chosen.size() > 1) {
    sentences.emplace_back(
        "They are tied: nothing that was measured tells them apart. What else matters to you decides between them.");
  }
  for (const std::string& name : verdict.with(Standing::pareto)) {
    const Assessment& one = *verdict.find(name);
    sentences.push_back(
        fmt::format("{} is in the Pareto set too: more CPU time ({} times{}), and less of another cost.", name,
                    one.to_cheapest ? in_words(*one.to_cheapest) : "?", worth(decision, cheapest, one)));
  }
  const std::vector<std::string> dominated = verdict.with(Standing::dominated);
  if (!dominated.empty()) {
    const Assessment& next = *verdict.find(dominated.front());
    sentences.push_back(fmt::format("The next is {}: {} times the {} of {}{}.", next.subject,
                                    in_words(next.dominated->ratio), next.dominated->figure, next.dominated->by,
                                    next.dominated->figure == kCpuPerRequest ? worth(decision, cheapest, next) : ""));
  }
  return sentences;
}

std::vector<std::string> candidates_of_interest(const Verdict& verdict, std::size_t most) {
  std::vector<std::string> names = verdict.pareto();
  for (const std::string& name : verdict.with(Standing::dominated)) {
    if (names.size() < most) names.push_back(name);
  }
  return names;
}

}  // namespace bakeoff::decide
