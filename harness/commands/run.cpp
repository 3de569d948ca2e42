// bakeoff run: an experiment. Its rows are kept as they come, its tables printed as they are complete.
//
// The way of a trial from here to its row, in the order in which to read it:
// - commands/run_session.cpp: runs the plan. Called back for each block, it makes the planned rows, and keeps the
//   finished ones (journal/writer.cpp appends them)
// - experiment/plan_runner.cpp: which block is next, whether it is repeated, when a table has ended
// - experiment/sliced_block.cpp: the subjects of a block in turn
// - experiment/trial_runner.cpp: how every trial begins, what a failure makes of its row, when it is judged
// - experiment/served_trial.cpp: one server: start, connect, warm up, measure, stop; its CPU per request
// - journal/slices.h: which slices count
// - experiment/served_subject.cpp: its process. A model says when it is ready, a foreign server is asked until it
// answers
// - load/coordinator.cpp: its load: the agents, and what is agreed with them about time
// - validity/validity.cpp: the outcome, and which metrics are void
// - journal/trial.h: the row
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/dry_run.h"
#include "harness/commands/opened_run.h"
#include "harness/commands/render.h"
#include "harness/commands/run_session.h"
#include "harness/commands/run_setup.h"
#include "harness/measure/cpu_sets.h"
#include "harness/subjects/abandoned_folders.h"
#include "harness/subjects/foreign_build.h"
#include "harness/subjects/scratch_folder.h"

namespace bakeoff::commands {
namespace {

void announce_run(const OpenedRun& run) {
  const experiment::Spec& spec = run.planned.plan.spec;
  const std::string there =
      run.planned.chosen.resumed ? fmt::format(", of which {} are done already", run.rows.size()) : "";
  tell(fmt::format("{}: {}{}; rows go to {}", spec.name, length_in_words(spec), there, run.folder.string()));
  if (const double needed_s = experiment::estimate_s(spec, spec.blocks); spec.budget_s && needed_s > *spec.budget_s) {
    tell(fmt::format("bakeoff: {} blocks of each table take longer than the budget; tables will have fewer",
                     spec.blocks));
  }
  if (run.planned.other && run.manifest.against_hash == run.manifest.subject_hash) {
    tell(fmt::format("bakeoff: both builds have the same bakeoff-subject ({}): what differs is chance",
                     run.manifest.against_hash));
  }
}

}  // namespace

int carry_out(PlannedRun planned) {
  { const subjects::ScratchFolder tried; }  // Every trial needs one: where none can be made, nothing is begun.
  std::vector<std::string> needed = planned.plan.spec.subjects;
  for (const experiment::TableSpec& table : planned.plan.spec.tables) {
    if (table.back_end && planned.inventory.find(table.back_end->name) != nullptr)
      needed.push_back(table.back_end->name);
  }
  subjects::prepare_subjects(planned.inventory, needed, tell_user);
  planned.files = std::make_shared<experiment::FileSets>(planned.plan.spec.tables, tell_user);
  planned.back_ends = std::make_shared<experiment::BackEnds>(planned.inventory);
  OpenedRun run = open_run(std::move(planned));
  measure::pin_to_cpus(run.planned.cpus.load);  // The harness itself keeps off the subject's CPUs.
  subjects::remove_abandoned_folders();
  if (!run.planned.options.quiet) announce_run(run);
  return RunSession(std::move(run)).run();
}

int run_command(const RunOptions& options) {
  PlannedRun planned = plan_run(options);
  if (options.dry_run) {
    fmt::print("{}", plan_in_words(planned.plan, options.format, stdout_style().sentence_width()));
    return kDone;
  }
  return carry_out(std::move(planned));
}

}  // namespace bakeoff::commands
