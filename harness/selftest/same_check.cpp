#include "harness/selftest/same_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>

#include "harness/report/number_format.h"
#include "harness/stats/precision.h"

namespace bakeoff::selftest {
namespace {

constexpr double kSameWindowS = 0.16;  // Two slices of 80 ms: the check has to end in time with the others.

constexpr double kNamedSameWindowS = 0.5;  ///< For subjects that the user names.

constexpr std::uint64_t kConnections = 4;

/// It is there, and serves all connections at the same time.
bool can_serve(const subjects::Subject& subject) {
  return subject.missing.empty() && (!subject.holds_connection || subject.max_units >= kConnections);
}

/// A server of others may serve a part of a workload only.
bool serves_all_of(const subjects::Subject& subject, const std::string& workload) {
  if (!subject.foreign) return true;
  const auto found = subject.foreign->serves.find(workload);
  return found != subject.foreign->serves.end() && std::ranges::find(found->second, "*") != found->second.end();
}

/// The other name of a model.
std::string again(const std::string& model) {
  return model + "-again";
}

std::size_t valid_pairs(const std::vector<journal::Trial>& rows, const std::string& workload,
                        const std::string& model) {
  return stats::paired_log_ratios(cpu_us_per_request(rows, workload, again(model)),
                                  cpu_us_per_request(rows, workload, model))
      .size();
}

experiment::TableSpec table_of(const std::string& workload) {
  experiment::TableSpec table;
  table.name = table.work = workload;
  // Few and short: what is asked is whether the comparison is right, not what the models cost.
  table.load.connections = kConnections;
  table.window_s = kSameWindowS;
  table.warmup_s = 0.05;
  return table;
}

}  // namespace

std::vector<SameCell> same_cells(std::span<const std::string> models, std::span<const std::string> workloads) {
  std::vector<SameCell> cells;
  for (std::size_t round = 0; round < workloads.size(); ++round) {
    for (std::size_t model = 0; model < models.size() && cells.size() < kMostSameCells; ++model) {
      cells.push_back({models[model], workloads[(model + round) % workloads.size()]});
    }
  }
  return cells;
}

std::vector<Experiment> same_experiments(const subjects::Inventory& inventory) {
  std::vector<std::string> models;
  std::vector<std::string> workloads;
  for (const subjects::Subject& subject : inventory.subjects) {
    if (can_serve(subject)) models.push_back(subject.name);
  }
  for (const subjects::NamedSummary& workload : inventory.workloads) workloads.push_back(workload.name);
  const std::vector<SameCell> cells = same_cells(models, workloads);
  std::vector<Experiment> experiments;
  for (const std::string& workload : workloads) {
    Experiment experiment;
    experiment.spec.name = "same";
    experiment.spec.blocks = kSameBlocks;
    experiment.spec.tables = {table_of(workload)};
    for (const subjects::Subject& subject : inventory.subjects) {
      const bool asked = std::any_of(cells.begin(), cells.end(), [&](const SameCell& cell) {
        return cell.model == subject.name && cell.workload == workload;
      });
      if (!asked) continue;
      for (const std::string& name : {subject.name, again(subject.name)}) {
        experiment.subjects.push_back(renamed_subject(subject, name));
        experiment.spec.subjects.push_back(name);
      }
    }
    if (!experiment.subjects.empty()) experiments.push_back(std::move(experiment));
  }
  return experiments;
}

std::size_t binomial_bound(std::size_t n, double probability, double level) {
  const boost::math::binomial distribution(static_cast<double>(n), probability);
  std::size_t bound = 0;
  while (bound < n && boost::math::cdf(distribution, static_cast<double>(bound)) < level) ++bound;
  return bound;
}

std::vector<Experiment> same_experiments_of(const subjects::Subject& subject,
                                            std::span<const subjects::NamedSummary> workloads) {
  std::vector<Experiment> experiments;
  for (const subjects::NamedSummary& workload : workloads) {
    if (!serves_all_of(subject, workload.name)) continue;
    for (const std::uint64_t connections : kNamedSameConnections) {
      if (subject.holds_connection && subject.max_units < connections) continue;
      Experiment experiment;
      experiment.spec.name = "same";
      experiment.spec.blocks = kSameBlocks;
      experiment::TableSpec table = table_of(workload.name);
      table.name = fmt::format("{}-{}", workload.name, connections);
      table.load.connections = connections;
      table.window_s = kNamedSameWindowS;
      experiment.spec.tables = {table};
      for (const std::string& name : {subject.name, again(subject.name)}) {
        experiment.subjects.push_back(renamed_subject(subject, name));
        experiment.spec.subjects.push_back(name);
      }
      experiments.push_back(std::move(experiment));
    }
  }
  return experiments;
}

bool can_still_count(const std::vector<Experiment>& experiments, const std::vector<journal::Trial>& rows,
                     std::size_t least) {
  std::size_t cells = 0;
  std::size_t lost = 0;
  for (const Experiment& experiment : experiments) {
    const std::string& workload = experiment.spec.tables.front().name;
    const bool measured =
        std::any_of(rows.begin(), rows.end(), [&](const journal::Trial& row) { return row.table == workload; });
    for (std::size_t i = 0; i + 1 < experiment.subjects.size(); i += 2) {
      ++cells;
      if (measured && valid_pairs(rows, workload, experiment.subjects[i].name) < kSameBlocks) ++lost;
    }
  }
  return cells - lost >= std::min(least, cells);
}

Judgement judge_same(const std::vector<Experiment>& experiments, const std::vector<journal::Trial>& rows,
                     const std::string& name, std::size_t least) {
  Judgement judgement;
  CheckFinding check{.name = name, .why = unexpected_failure(rows)};
  std::vector<CheckFinding> claims;
  std::string names;
  std::size_t cells = 0;
  std::size_t counted = 0;
  std::vector<std::vector<double>> log_ratios;
  for (const Experiment& experiment : experiments) {
    const std::string& workload = experiment.spec.tables.front().name;
    for (std::size_t i = 0; i + 1 < experiment.subjects.size(); i += 2) {
      const std::string& model = experiment.subjects[i].name;
      ++cells;
      const stats::Series one = cpu_us_per_request(rows, workload, again(model));
      const stats::Series other = cpu_us_per_request(rows, workload, model);
      const auto ratio = stats::compare(one, other);
      if (!ratio || ratio->pairs < kSameBlocks || !ratio->interval) continue;
      ++counted;
      log_ratios.push_back(stats::paired_log_ratios(one, other));
      const std::string pair = model + " " + workload;
      check.figures[pair + " ratio"] = ratio->median;
      check.figures[pair + " low"] = ratio->interval->low;
      check.figures[pair + " high"] = ratio->interval->high;
      if (ratio->tied()) continue;
      names += fmt::format("{}{} {}", names.empty() ? "" : ", ", pair, ratio_text(*ratio));
      claims.push_back(
          {.name = pair,
           .expected = "1 (in 97 % of cases)",
           .measured = ratio_text(*ratio),
           .verdict = CheckVerdict::shown,
           .figures = {{"ratio", ratio->median}, {"low", ratio->interval->low}, {"high", ratio->interval->high}}});
    }
  }
  const double probability = 1 - stats::median_interval_ranks(kSameBlocks, stats::kConfidenceLevel)->coverage;
  const std::size_t bound = binomial_bound(counted, probability);
  check.expected = fmt::format("at most {} of {} differ", bound, counted);
  check.measured = fmt::format("{} claimed to differ", claims.size());
  check.figures["pairs"] = static_cast<double>(cells);
  check.figures["pairs_counted"] = static_cast<double>(counted);
  check.figures["claims"] = static_cast<double>(claims.size());
  check.figures["claims_allowed"] = static_cast<double>(bound);
  if (check.why.empty() && counted < std::min(least, cells)) {
    judgement.void_reason = fmt::format("only {} of {} pairs have {} valid blocks", counted, cells, kSameBlocks);
    const std::string most = commonest_void_reason(rows);
    if (!most.empty()) judgement.void_reason += ": " + most;
  }
  if (check.why.empty() && claims.size() > bound) check.why = names;
  if (!check.why.empty()) check.verdict = CheckVerdict::failed;
  judgement.findings.push_back(std::move(check));
  if (judgement.void_reason.empty()) {
    judgement.findings.insert(judgement.findings.end(), claims.begin(), claims.end());
    if (const auto visible = stats::minimum_detectable_difference(log_ratios, kSameBlocks)) {
      judgement.findings.push_back(
          {.name = "smallest visible",
           .expected = "told apart 9 times of 10",
           .measured = fmt::format("{} of CPU/req in {} blocks of {}", report::format_share(*visible), kSameBlocks,
                                   report::format_seconds(experiments.front().spec.tables.front().window_s)),
           .verdict = CheckVerdict::shown,
           .figures = {{"visible_difference", *visible}}});
    }
  }
  return judgement;
}

}  // namespace bakeoff::selftest
