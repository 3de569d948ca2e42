#include "harness/experiment/plan.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "harness/experiment/queue_jobs.h"
#include "harness/experiment/random.h"
#include "harness/subjects/variant.h"

namespace bakeoff::experiment {
namespace {

using Order = std::vector<std::size_t>;  // Subjects by their place in the spec.

// One group: as many blocks as there are subjects. With an even number of subjects no subject always runs after the one
// that heats the machine.
std::vector<Order> balanced_group(std::size_t subjects, SplitMix64& random) {
  Order names(subjects);
  std::iota(names.begin(), names.end(), std::size_t{0});
  random.shuffle(names);
  std::vector<Order> blocks(subjects);
  for (std::size_t block = 0; block < subjects; ++block) {
    for (const std::size_t name : balanced_row(subjects, block)) blocks[block].push_back(names[name]);
  }
  random.shuffle(blocks);
  return blocks;
}

std::string two_digits(std::size_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

// The subject at a place, in both builds where two are compared. Which comes first is drawn once for each subject and
// alternates from then on: drift within the pair favours neither.
std::vector<std::string> at_place(const Spec& spec, const std::string& subject, std::uint64_t table_seed,
                                  std::size_t block) {
  if (!spec.against) return {subject};
  std::vector<std::string> both{subject, subject + std::string(journal::kOtherBuildSuffix)};
  if ((derived_seed(table_seed, subject) + block) % 2 == 1) std::swap(both[0], both[1]);
  return both;
}

void plan_table(const Spec& spec, std::size_t table, std::vector<PlannedTrial>& trials) {
  const std::string& name = spec.tables[table].name;
  const std::vector<std::string>& subjects = subjects_of(spec, spec.tables[table]);
  if (subjects.empty()) return;
  const std::uint64_t table_seed = derived_seed(spec.seed, name);
  SplitMix64 random(table_seed);
  std::vector<Order> group;
  for (std::size_t block = 0; block < most_blocks(spec); ++block) {
    if (group.empty()) group = balanced_group(subjects.size(), random);
    const Order order = std::move(group.back());
    group.pop_back();
    const std::string block_name = "b" + two_digits(block);
    int number = 0;
    for (const std::size_t place : order) {
      for (const std::string& subject : at_place(spec, subjects[place], table_seed, block)) {
        trials.push_back({.trial_id = name + "-" + block_name + "-" + subject,
                          .table = table,
                          .block = static_cast<int>(block),
                          .order = number++,
                          .subject = subject,
                          .seed = derived_seed(table_seed, block_name)});
      }
    }
  }
}

/// What the warm-ups of the table's subjects are longer than the table's, a mean over them.
double own_warm_up_s(const Spec& spec, const TableSpec& table) {
  double total = 0;
  for (const std::string& subject : subjects_of(spec, table)) {
    const auto own = spec.own_warm_ups.find(std::string(subjects::model_name_of(subject)));
    if (own == spec.own_warm_ups.end()) continue;
    const bool by_rule = own->second.by_rule && !table.fixed_warm_up;
    total += by_rule ? kWarmUpGuessS : std::max(0.0, own->second.fixed_s - table.warmup_s);
  }
  return total / static_cast<double>(std::max<std::size_t>(1, subjects_of(spec, table).size()));
}

}  // namespace

std::vector<std::size_t> balanced_row(std::size_t things, std::size_t row) {
  // First row 0, 1, n-1, 2, n-2, ..., each further row one more.
  std::vector<std::size_t> order;
  for (std::size_t place = 0; place < things; ++place) {
    const std::size_t first_row = place % 2 == 1 ? place / 2 + 1 : (things - place / 2) % things;
    order.push_back((first_row + row) % things);
  }
  return order;
}

std::vector<std::vector<std::size_t>> tables_together(const Spec& spec) {
  const auto sweep_of = [&](std::size_t table) {
    return spec.tables[table].point ? spec.tables[table].point->sweep : std::string();
  };
  std::vector<std::vector<std::size_t>> together;
  for (std::size_t table = 0; table < spec.tables.size(); ++table) {
    const std::string sweep = sweep_of(table);
    if (sweep.empty() || together.empty() || sweep_of(together.back().front()) != sweep) together.emplace_back();
    together.back().push_back(table);
  }
  return together;
}

Plan make_plan(const Spec& spec) {
  Plan plan{.spec = spec, .trials = {}};
  for (const std::vector<std::size_t>& tables : tables_together(spec)) {
    std::vector<PlannedTrial> trials;
    for (const std::size_t table : tables) plan_table(spec, table, trials);
    std::ranges::stable_sort(trials, {}, &PlannedTrial::block);
    plan.trials.insert(plan.trials.end(), std::make_move_iterator(trials.begin()),
                       std::make_move_iterator(trials.end()));
  }
  return plan;
}

journal::Trial planned_row(const Plan& plan, const PlannedTrial& planned) {
  const TableSpec& table = plan.spec.tables.at(planned.table);
  journal::Trial row;
  row.trial_id = planned.trial_id;
  row.experiment = plan.spec.name;
  row.table = table.name;
  row.block = planned.block;
  row.order = planned.order;
  row.subject = planned.subject;
  row.seed = planned.seed;
  if (table.units && *table.units != subjects::kOneUnitPerCpu) row.params.units = table.units;
  row.workload = table.work;
  row.params.kind = table.kind;
  row.params.queue = table.queue;
  if (table.is_served()) {
    row.params.load = as_recorded(table.load, table.work);
    row.params.files = table.files;
    row.params.back_end = table.back_end;
    row.params.memory_mib = table.memory_mib;
    row.params.heap_mib = table.heap_mib;
    row.params.rest_s = table.rest_s;
    row.params.p99_limit_ms = table.p99_limit_ms;
    row.params.transport = table.transport;
  } else if (table.is_startup()) {
    row.params.memory_mib = table.memory_mib;
    row.params.heap_mib = table.heap_mib;
    row.params.rest_s = table.rest_s;
  } else if (table.size > 0) {
    row.params.job_size = table.size;
  }
  return row;
}

double estimate_s(const Spec& spec, const TableSpec& table) {
  if (table.queue) {
    const double kill_s = table.queue->kill == "none" ? 0 : kKillGuessS;
    return kQueueOverheadS + kill_s + estimate_jobs_s(table.work, *table.queue, table.units.value_or(1));
  }
  if (table.is_startup()) return kTrialOverheadS + table.rest_s.value_or(0);
  if (!table.is_served()) return kTrialOverheadS + kJobGuessS;
  const auto beside = static_cast<double>(table.load.connections_beside());
  return kTrialOverheadS + table.warmup_s + table.window_s + table.rest_s.value_or(0) + kCrowdConnectionS * beside +
         own_warm_up_s(spec, table);
}

double estimate_s(const Spec& spec, std::uint64_t blocks) {
  double total = 0;
  for (const TableSpec& table : spec.tables) {
    total += estimate_s(spec, table) * static_cast<double>(blocks * trials_per_block(spec, table));
  }
  return total;
}

std::size_t trials_per_block(const Spec& spec, const TableSpec& table) {
  return subjects_of(spec, table).size() * (spec.against ? 2 : 1);
}

}  // namespace bakeoff::experiment
