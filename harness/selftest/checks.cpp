#include "harness/selftest/checks.h"

#include <stdexcept>
#include <utility>

#include "harness/selftest/more_work_check.h"
#include "harness/selftest/null_check.h"
#include "harness/selftest/same_check.h"
#include "harness/selftest/slices_check.h"
#include "harness/selftest/stall_check.h"
#include "harness/selftest/wrong_check.h"
#include "workloads/catalogue.h"

namespace bakeoff::selftest {
namespace {

/// An experiment takes up to a minute, and a block of it that was disturbed costs a pair and not the attempt: a machine
/// on which three attempts do not count is too busy for them.
constexpr std::size_t kMostExperiments = 3;

Judgement try_same(const ExperimentRunner& experiment_runner, const std::vector<Experiment>& experiments,
                   const std::string& name, std::size_t least) {
  std::vector<journal::Trial> rows;
  for (const Experiment& experiment : experiments) {
    for (journal::Trial& row : experiment_runner.measure(experiment)) rows.push_back(std::move(row));
    if (!can_still_count(experiments, rows, least)) break;
  }
  return judge_same(experiments, rows, name, least);
}

}  // namespace

std::vector<Check> selftest_checks() {
  std::vector<Check> checks;
  for (const workloads::WorkloadEntry& entry : workloads::workload_entries()) {
    const std::string workload(entry.name);
    checks.push_back({"null", "null " + workload, [workload](const Runners& with) {
                        return judge_null(workload, with.fault_runner.observe(null_plan(workload), kNullFaults));
                      }});
  }
  const Stall stall;
  checks.push_back({"stall", "stall", [stall](const Runners& with) {
                      return judge_open(stall, with.fault_runner.observe(open_plan(stall), stall_faults(stall)));
                    }});
  checks.push_back({"stall", "stall, closed loop", [stall](const Runners& with) {
                      return judge_closed(stall, with.fault_runner.observe(closed_plan(stall), stall_faults(stall)));
                    }});
  for (const workloads::WorkloadEntry& entry : workloads::workload_entries()) {
    const std::string workload(entry.name);
    checks.push_back({"wrong", "wrong " + workload, [workload](const Runners& with) {
                        return judge_wrong(workload, with.fault_runner.observe(wrong_plan(workload), kWrongFaults));
                      }});
  }
  checks.push_back({"more-work", "more work",
                    [](const Runners& with) {
                      return judge_more_work(
                          with.experiment_runner.measure(more_work_experiment(with.experiment_runner.inventory())));
                    },
                    kMostExperiments});
  checks.push_back({"same", "same",
                    [](const Runners& with) {
                      return try_same(with.experiment_runner, same_experiments(with.experiment_runner.inventory()),
                                      "same, 2 names", kLeastSameCells);
                    },
                    kMostExperiments});
  checks.push_back({"slices", "slice length",
                    [](const Runners& with) {
                      const SlicesExperiment slices = lengths_experiment(with.experiment_runner.inventory());
                      return judge_lengths(slices.shapes, with.experiment_runner.measure_slices(
                                                              slices.experiment, slices.shapes, kLengthCycles));
                    },
                    kMostExperiments});
  checks.push_back({"slices", "slice beginning",
                    [](const Runners& with) {
                      const SlicesExperiment slices = cold_experiment(with.experiment_runner.inventory());
                      return judge_cold(slices.shapes, with.experiment_runner.measure_slices(
                                                           slices.experiment, slices.shapes, kColdCycles));
                    },
                    kMostExperiments});
  return checks;
}

std::vector<Check> same_checks_of(std::span<const subjects::Subject> subjects,
                                  std::span<const subjects::NamedSummary> workloads) {
  std::vector<Check> checks;
  for (const subjects::Subject& subject : subjects) {
    std::vector<Experiment> experiments = same_experiments_of(subject, workloads);
    if (experiments.empty()) throw std::invalid_argument(subject.name + " serves no workload as a whole");
    const std::string name = "same, " + subject.name;
    checks.push_back({"same", name,
                      [experiments = std::move(experiments), name](const Runners& with) {
                        // Few pairs: half of them have to count.
                        return try_same(with.experiment_runner, experiments, name, (experiments.size() + 1) / 2);
                      },
                      kMostExperiments});
  }
  return checks;
}

std::vector<std::string> selftest_kinds() {
  std::vector<std::string> kinds;
  for (const Check& check : selftest_checks()) {
    if (kinds.empty() || kinds.back() != check.kind) kinds.push_back(check.kind);
  }
  return kinds;
}

}  // namespace bakeoff::selftest
