#include "harness/decide/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/decide/cost_figures.h"
#include "harness/decide/dominance.h"
#include "harness/report/figures.h"

namespace bakeoff::decide {
namespace {

report::Figure latency_figure(const load::Slo& slo) {
  return {.key = "latency_us",
          .title = slo.figure + " us",
          .unit = "us",
          .metric = slo.metric,
          .extract = [value = slo.value](const journal::Trial& trial) -> std::optional<double> {
            if (!trial.client) return std::nullopt;
            const auto total = trial.client->latency_us.find("total");
            if (total == trial.client->latency_us.end() || total->second.count == 0) return std::nullopt;
            return total->second.*value;
          }};
}

std::vector<std::string> trials_of(const report::GridRow& row) {
  std::vector<std::string> ids;
  for (const journal::Trial* trial : row.trials) {
    if (trial != nullptr) ids.push_back(trial->trial_id);
  }
  return ids;
}

void note_units(const report::GridRow& row, Assessment& one) {
  for (const journal::Trial* trial : row.trials) {
    if (trial == nullptr || !trial->subject_cost) continue;
    one.threads = std::max(one.threads, trial->subject_cost->threads_peak.value_or(0));
    one.processes = std::max(one.processes, trial->subject_cost->processes_peak.value_or(0));
  }
}

Assessment assess_row(const report::GridRow& row, const Profile& profile,
                      const std::vector<ExtrapolatedMemory>& memory) {
  const load::Slo slo = limit_of(profile);
  Assessment one{.subject = row.subject,
                 .limits = {},
                 .latency_us = estimate_of(report::figure_series(row, latency_figure(slo))),
                 .memory_mib = estimate_of(report::figure_series(row, memory_figure())),
                 .cpu_us = estimate_of(report::figure_series(row, cpu_figure())),
                 .throughput_rps = estimate_of(report::figure_series(row, throughput_figure())),
                 .busy = estimate_of(report::figure_series(row, busy_figure())),
                 .trials = trials_of(row)};
  note_units(row, one);
  const auto extrapolated = std::ranges::find(memory, row.subject, &ExtrapolatedMemory::subject);
  if (extrapolated != memory.end()) {
    one.memory_mib = estimate_of(report::FigureSeries{.valid = extrapolated->mib, .struck = {}, .reason = ""});
    one.memory_mib.extrapolated = true;
  }
  const KeptInBlocks kept = kept_in_blocks(row, profile, one.latency_us);
  one.keeps = kept.together;
  one.limits.push_back(kept.answered);
  if (kept.latency) one.limits.push_back(*kept.latency);
  if (profile.memory_mib) {
    one.limits.push_back(kept_below("memory", one.memory_mib, *profile.memory_mib, "MiB"));
    one.keeps = both(one.keeps, one.limits.back().kept);
  }
  return one;
}

bool has_kernel_memory(std::span<const journal::Trial* const> trials) {
  return std::ranges::all_of(trials, [](const journal::Trial* trial) {
    return !trial->subject_cost || !trial->subject_cost->pss_end_kib || trial->subject_cost->kernel_end_kib;
  });
}

}  // namespace

std::vector<std::string> Verdict::with(Standing standing) const {
  std::vector<std::string> names;
  for (const Assessment& one : assessments) {
    if (one.standing == standing) names.push_back(one.subject);
  }
  return names;
}

std::vector<std::string> Verdict::pareto() const {
  std::vector<std::string> names = with(Standing::choice);
  const std::vector<std::string> others = with(Standing::pareto);
  names.insert(names.end(), others.begin(), others.end());
  return names;
}

const Assessment* Verdict::find(std::string_view subject) const {
  const auto found = std::ranges::find(assessments, subject, &Assessment::subject);
  return found == assessments.end() ? nullptr : &*found;
}

std::vector<std::string> missed_limits(const Assessment& one) {
  std::vector<std::string> missed;
  for (const LimitAnswer& limit : one.limits) {
    if (limit.kept == Answer::no) missed.push_back(limit.words);
  }
  if (!missed.empty() || one.keeps != Answer::no) return missed;
  for (const LimitAnswer& limit : one.limits) {  // No limit alone in the middle block, but one or the other.
    if (limit.fails != 0) missed.push_back(fmt::format("{} in {} of {} blocks", limit.name, limit.fails, limit.blocks));
  }
  return missed;
}

std::string busy_in_words(const Assessment& one) {
  if (!one.busy.median) return "";
  return fmt::format(", with {} of its CPU time used", in_words(scaled(one.busy, 100), "%"));
}

std::string in_words(const Domination& of) {
  return fmt::format("it has {} times the {} of {}", in_words(of.ratio), of.figure, of.by);
}

Verdict assess(std::span<const journal::Trial> rows, const std::string& table, const Profile& profile,
               const std::vector<ExtrapolatedMemory>& memory) {
  const std::vector<const journal::Trial*> trials = report::trials_of_table(rows, table);
  const report::Grid grid = report::make_grid(trials, {});
  Verdict verdict{.assessments = {}, .blocks = grid.blocks.size(), .kernel_memory = has_kernel_memory(trials)};
  for (const report::GridRow& row : grid.rows) verdict.assessments.push_back(assess_row(row, profile, memory));
  judge_costs(verdict, grid, profile, memory);
  std::ranges::stable_sort(verdict.assessments, [](const Assessment& one, const Assessment& other) {
    return one.standing != other.standing ? one.standing < other.standing : cheaper(one, other);
  });
  return verdict;
}

}  // namespace bakeoff::decide
