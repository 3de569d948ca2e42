#include "harness/experiment/resume.h"

#include <vector>

#include "harness/measure/cpu_sets.h"

namespace bakeoff {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

}  // namespace

std::string what_changed(const Manifest& began, const Manifest& now) {
  std::string changed;
  const auto hold = [&](const char* what, const std::string& before, const std::string& after) {
    if (before == after) return;
    changed += (changed.empty() ? "" : "; ") + std::string(what) + ": began with " +
               (before.empty() ? "none" : before) + ", now " + (after.empty() ? "none" : after);
  };
  hold("experiment file", began.experiment_hash, now.experiment_hash);
  hold("harness executable", began.harness_hash, now.harness_hash);
  hold("subject executable", began.subject_hash, now.subject_hash);
  hold("other build", began.against_hash, now.against_hash);
  hold("subjects", joined(began.subjects), joined(now.subjects));
  hold("tables", joined(began.tables), joined(now.tables));
  hold("host", began.machine.host, now.machine.host);
  hold("CPU model", began.machine.cpu_model, now.machine.cpu_model);
  hold("kernel", began.machine.kernel, now.machine.kernel);
  hold("subject CPUs", format_cpu_list(began.subject_cpus), format_cpu_list(now.subject_cpus));
  hold("load CPUs", format_cpu_list(began.load_cpus), format_cpu_list(now.load_cpus));
  return changed;
}

RanBefore ran_before(std::span<const Trial> rows) {
  RanBefore before;
  std::vector<Before*> block;  // The trials of the block that the rows are in.
  const Trial* last = nullptr;
  for (const Trial& row : rows) {
    if (last != nullptr && (row.table != last->table || row.block != last->block)) {
      for (Before* trial : block) trial->left = trial->attempts == 1 && trial->noisy;
      block.clear();
    }
    last = &row;
    Before& trial = before[row.trial_id];
    block.push_back(&trial);
    if (row.attempt < trial.attempts) continue;
    trial.attempts = row.attempt;
    const Ran did = ran(row);
    trial.noisy = did.noisy;
    trial.measured = did.measured;
  }
  return before;
}

Repeats repeats_before(std::span<const Trial> rows) {
  Repeats repeats;
  for (const Trial& row : rows) learn(repeats, ran(row), row.attempt);
  return repeats;
}

RepeatFacts count_repeats(std::span<const Trial> rows) {
  RepeatFacts counts;
  const bool worth = repeats_before(rows).worth();
  for (const auto& [id, trial] : ran_before(rows)) {
    const bool repeated = trial.attempts > 1;
    counts.repeated += repeated;
    counts.helped += repeated && trial.measured && !trial.noisy;
    counts.left += !repeated && trial.noisy && (trial.left || !worth);
  }
  return counts;
}

}  // namespace bakeoff
