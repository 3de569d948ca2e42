// bakeoff job MODEL JOB: CPU-bound work on a model's units, once.
#include <fmt/format.h>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/experiment/trial_runner.h"
#include "harness/journal/trial_json.h"
#include "harness/report/table.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/variant.h"
#include "harness/validity/validity.h"

namespace bakeoff {

int job_command(const JobOptions& options) {
  Offer offer = ask_builtin();
  check_subject(offer, options.model);
  add_variants(offer, {options.model});
  check_name("job", options.job, offer.jobs);
  if (options.units && (*options.units < 1 || *options.units > 1'000'000)) {
    throw UsageError(fmt::format("--units: found {}, expected a number from 1 to 1000000", *options.units));
  }
  TableSpec table;
  table.job = options.job;
  table.units = options.units;
  Trial row;
  row.trial_id = row.experiment = "job";
  row.subject = options.model;
  row.workload = options.job;
  row.params.load = "job";
  row.params.units = options.units;
  row.params.job_size = options.size;
  row = run_trial(row, table, {offer, split_cpus(allowed_cpus()), ""}).row;

  if (options.format == "json") {
    fmt::print("{}\n", trial_to_json(row));
  } else if (row.job) {
    fmt::print("{} on {} ({} units, executor {}): {} · answer {} · {} ms · {} ms of CPU\n", row.workload, row.subject,
               row.params.units.value_or(0), row.job->executor, row.job->answer_right ? "right" : "WRONG",
               row.job->answer, format_number(static_cast<double>(row.job->elapsed_ns) / 1e6),
               format_number(row.subject_cost->cpu_us.value_or(0) / 1e3));
  }
  if (row.outcome != Outcome::ok || !row.outcome_detail.empty()) {
    fmt::print(stderr, "bakeoff: {}: {}\n", outcome_name(row.outcome), row.outcome_detail);
  }
  if (!row.job) return kFailed;
  return row.job->answer_right ? kDone : kNoValid;
}

}  // namespace bakeoff
