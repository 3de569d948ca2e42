#include "harness/decide/decision.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "harness/decide/cost_figures.h"
#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"

namespace bakeoff::decide {
namespace {

std::vector<ExtrapolatedMemory> extrapolate(Decision& decision, std::span<const journal::Trial> rows) {
  const std::vector<Variation>& tables = decision.asked.variations;
  std::vector<ExtrapolatedMemory> all;
  decision.memory_bend.reset();
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

/// What a program of a runtime does before it is steady, as the tables of a report have it.
std::string caveat_of(const report::GridRow& row, const report::Grid& grid) {
  const bool is_runtime = std::ranges::any_of(
      row.trials, [](const journal::Trial* trial) { return trial != nullptr && trial->runtime.has_value(); });
  if (!is_runtime) return "";
  constexpr std::array<std::pair<const char*, const char*>, 3> kCaveats{
      {{"ready_ms", "it is ready after "},
       {"first_p99_us", "its first requests have a p99 of "},
       {"longest_pause_ms", "its longest pause takes "}}};
  std::vector<std::string> parts;
  for (const auto& [key, words] : kCaveats) {
    const auto figure = std::ranges::find(grid.figures, key, &report::Figure::key);
    if (figure == grid.figures.end()) continue;
    const Estimate estimate = estimate_of(report::figure_series(row, *figure));
    if (estimate.median && *estimate.median > 0) parts.push_back(words + in_words(estimate, figure->unit));
  }
  if (report::is_too_often_unsteady(row)) parts.emplace_back("its cost was too often not steady");
  return report::listed(parts);
}

/// "a, b or c"
std::string any_of_them(const std::vector<std::string>& chosen) {
  std::string text;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == chosen.size() ? " or " : ", ") + chosen[i];
  }
  return text;
}

/// How far a candidate is from the limit that it misses by most.
double distance(const Assessment& one) {
  double worst = 0;
  for (const LimitAnswer& limit : one.limits) {
    if (limit.kept == Answer::no) worst = std::max(worst, limit.over.value_or(std::numeric_limits<double>::max()));
  }
  return worst;
}

/// Why it was not decided: what is void, or that the blocks do not agree.
std::string why_unknown(const Assessment& one) {
  for (const LimitAnswer& limit : one.limits) {
    if (limit.kept == Answer::unknown) return fmt::format("{} ({})", one.subject, limit.words);
  }
  return fmt::format("{} (CPU time per request {}, memory {})", one.subject, in_words(one.cpu_us, "us"),
                     in_words(one.memory_mib, "MiB"));
}

/// The limits that every candidate misses.
std::vector<std::string> limits_of_nobody(const Verdict& verdict) {
  std::vector<std::string> names;
  for (const LimitAnswer& limit : verdict.assessments.front().limits) {
    const bool all_miss = std::ranges::all_of(verdict.assessments, [&](const Assessment& one) {
      const auto own = std::ranges::find(one.limits, limit.name, &LimitAnswer::name);
      return own != one.limits.end() && own->kept == Answer::no;
    });
    if (all_miss) names.push_back(limit.name);
  }
  return names;
}

std::vector<std::string> nobody_sentences(const Verdict& verdict) {
  std::vector<std::string> sentences, unknown;
  for (const Assessment& one : verdict.assessments) {
    if (one.standing == Standing::unknown) unknown.push_back(why_unknown(one));
  }
  sentences.emplace_back(unknown.empty() ? "Nobody keeps every limit of the profile."
                                         : "Nobody was seen to keep every limit of the profile.");
  if (!unknown.empty()) sentences.push_back(fmt::format("It was not decided of {}.", report::listed(unknown)));
  const Assessment* nearest = nullptr;
  for (const Assessment& one : verdict.assessments) {
    if (one.standing == Standing::misses && (nearest == nullptr || distance(one) < distance(*nearest))) nearest = &one;
  }
  if (nearest == nullptr) return sentences;
  sentences.push_back(fmt::format("{} {}: {}{}.", unknown.empty() ? "The nearest is" : "The nearest of the others is",
                                  nearest->subject, report::listed(missed_limits(*nearest)), busy_in_words(*nearest)));
  for (const std::string& name : limits_of_nobody(verdict)) {
    sentences.push_back(fmt::format("Every candidate misses the limit on {}.", name));
  }
  return sentences;
}

/// What the difference of two CPU times is in the profile.
std::string worth(const Decision& decision, const Assessment& chosen, const Assessment& other) {
  if (!decision.profile.is_open() || !chosen.cpu_us.median || !other.cpu_us.median) return "";
  const double more = (*other.cpu_us.median - *chosen.cpu_us.median) * decision.profile.rate_rps / 1e6;
  return fmt::format(", in the medians {:.3g} % of a CPU {}", std::abs(more) * 100, more < 0 ? "less" : "more");
}

/// How much of the CPU time is the same for every candidate; "" for requests that do no work.
std::string own_work_in_words(const Decision& decision, const Assessment& cheapest) {
  const double work_us = work_us_per_request(decision.profile.mix);
  if (work_us == 0) return "";
  return fmt::format(
      "Of a request's CPU time, {} are its own work in the mean, as it was calibrated, the same for every candidate; "
      "what is left of the {} of {} is receiving, waiting and answering.",
      report::format_with_unit(work_us, "us"), in_words(cheapest.cpu_us, "us"), cheapest.subject);
}

/// Blocks in which a chosen candidate missed a limit all the same.
std::string exceptions_in_words(const Verdict& verdict, const std::vector<std::string>& chosen) {
  std::vector<std::string> parts;
  for (const std::string& name : chosen) {
    for (const LimitAnswer& limit : verdict.find(name)->limits) {
      if (limit.fails != 0) {
        parts.push_back(fmt::format("{} ({} in {} of {} blocks)", name, limit.name, limit.fails, limit.blocks));
      }
    }
  }
  return parts.empty() ? "" : fmt::format("Single blocks missed a limit all the same: {}.", report::listed(parts));
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
    if (const std::string words = caveat_of(row, grid); !words.empty())
      decision.caveats.push_back({row.subject, words});
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
  if (verdict.assessments.empty()) return {"Nothing was measured."};
  if (chosen.empty()) return nobody_sentences(verdict);
  const Assessment& cheapest = *verdict.find(verdict.cheapest);
  std::vector<std::string> sentences;
  std::string first =
      fmt::format("{}: {} every limit. {} takes {} of CPU time per request", any_of_them(chosen),
                  chosen.size() == 1 ? "it keeps" : "they keep", verdict.cheapest, in_words(cheapest.cpu_us, "us"));
  if (const std::string share = cpu_share_in_words(decision, cheapest); !share.empty()) {
    first += fmt::format(" ({} of {})", share, report::counted(decision.cpus, "CPU"));
  }
  sentences.push_back(first + ".");
  if (const std::string words = exceptions_in_words(verdict, chosen); !words.empty()) sentences.push_back(words);
  if (chosen.size() > 1) {
    sentences.push_back(
        fmt::format("They are tied: none was shown to take more CPU time per request than {}, or to be beaten in "
                    "another cost, by 1 % or more of what the service has. This is a shortlist: the higher rates "
                    "and the changed profiles tell more of its members.",
                    verdict.cheapest));
  }
  if (const std::string words = own_work_in_words(decision, cheapest); !words.empty()) sentences.push_back(words);
  for (const std::string& name : verdict.with(Standing::pareto)) {
    const Assessment& one = *verdict.find(name);
    sentences.push_back(
        fmt::format("{} is in the Pareto set too: it takes {} times the CPU time of {}{}, and is better in {}.", name,
                    one.to_cheapest ? in_words(*one.to_cheapest) : "?", verdict.cheapest,
                    worth(decision, cheapest, one), one.better_in));
  }
  const std::vector<std::string> dominated = verdict.with(Standing::dominated);
  if (!dominated.empty()) {
    const Assessment& next = *verdict.find(dominated.front());
    const Assessment& better = *verdict.find(next.dominated->by);
    sentences.push_back(fmt::format("The next is {}: {}{}.", next.subject, in_words(*next.dominated),
                                    next.dominated->figure == kCpuPerRequest ? worth(decision, better, next) : ""));
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
