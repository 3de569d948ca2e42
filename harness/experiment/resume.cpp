#include "harness/experiment/resume.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <vector>

#include "harness/measure/cpu_sets.h"

namespace bakeoff::experiment {
namespace {

std::string joined(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ","));
}

}  // namespace

std::string what_changed(const journal::Manifest& began, const journal::Manifest& now) {
  std::string changed;
  const auto hold = [&](const char* what, const std::string& before, const std::string& after) {
    if (before == after) return;
    changed += (changed.empty() ? "" : "; ") + std::string(what) + ": began with " +
               (before.empty() ? "none" : before) + ", now " + (after.empty() ? "none" : after);
  };
  hold("experiment file", began.experiment_hash, now.experiment_hash);
  hold("--set", joined(began.set), joined(now.set));
  hold("harness executable", began.harness_hash, now.harness_hash);
  hold("subject executable", began.subject_hash, now.subject_hash);
  hold("other build", began.against_hash, now.against_hash);
  hold("subjects", joined(began.subjects), joined(now.subjects));
  hold("tables", joined(began.tables), joined(now.tables));
  const auto way = [](const journal::Manifest& run) {
    return std::string(run.one_by_one ? "one by one" : "in slices");
  };
  hold("blocks", way(began), way(now));
  hold("host", began.machine.host, now.machine.host);
  hold("CPU model", began.machine.cpu_model, now.machine.cpu_model);
  hold("kernel", began.machine.kernel, now.machine.kernel);
  hold("subject CPUs", measure::format_cpu_list(began.subject_cpus), measure::format_cpu_list(now.subject_cpus));
  hold("load CPUs", measure::format_cpu_list(began.load_cpus), measure::format_cpu_list(now.load_cpus));
  return changed;
}

EarlierTrials earlier_trials(std::span<const journal::Trial> rows) {
  EarlierTrials before;
  std::vector<EarlierAttempts*> block;  // The trials of the block to which the row belongs.
  const journal::Trial* last = nullptr;
  for (const journal::Trial& row : rows) {
    if (last != nullptr && (row.table != last->table || row.block != last->block)) {
      for (EarlierAttempts* trial : block) trial->given_up = trial->attempts == 1 && trial->noisy;
      block.clear();
    }
    last = &row;
    EarlierAttempts& trial = before[row.trial_id];
    block.push_back(&trial);
    if (row.attempt < trial.attempts) continue;
    trial.attempts = row.attempt;
    const TrialStatus status = trial_status(row);
    trial.noisy = status.noisy;
    trial.measured = status.measured;
  }
  return before;
}

RepeatPolicy repeats_before(std::span<const journal::Trial> rows) {
  RepeatPolicy repeats;
  for (const journal::Trial& row : rows) count_attempt(repeats, trial_status(row), row.attempt);
  return repeats;
}

journal::RepeatFacts count_repeats(std::span<const journal::Trial> rows) {
  journal::RepeatFacts counts;
  const bool worth = repeats_before(rows).worthwhile();
  std::set<std::string> first_was_noisy;  // Others were run once more with their block.
  for (const journal::Trial& row : rows) {
    if (row.attempt == 1 && trial_status(row).noisy) first_was_noisy.insert(row.trial_id);
  }
  for (const auto& [id, trial] : earlier_trials(rows)) {
    const bool repeated = trial.attempts > 1 && first_was_noisy.contains(id);
    counts.repeated += repeated;
    counts.helped += repeated && trial.measured && !trial.noisy;
    counts.left += !repeated && trial.noisy && (trial.given_up || !worth);
  }
  return counts;
}

}  // namespace bakeoff::experiment
