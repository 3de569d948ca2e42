// One trial, from a planned row to a measured one. A server is measured under a load (served_trial.h), workers do the
// jobs of a queue (queue_trial.h), a job or a probe runs to its end (job_trial.h); results/README.md says what each
// field means. Whatever goes wrong with a subject or its load becomes the row's outcome. Only the user's interrupt and
// a fault of the harness itself are thrown.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "harness/experiment/back_ends.h"
#include "harness/experiment/file_sets.h"
#include "harness/experiment/served_trial.h"
#include "harness/experiment/spec.h"
#include "harness/experiment/trial_result.h"
#include "harness/journal/trial.h"
#include "harness/measure/cpu_sets.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

struct TrialContext {
  const subjects::Inventory& inventory;
  measure::CpuSplit cpus;
  std::string harness_hash;
  /// The rows of the run so far. What they measured tells whether a trial fits into memory.
  std::span<const journal::Trial> earlier{};
  /// The sets of files of the run's tables; nullptr where none asks for files.
  const FileSets* files = nullptr;
  /// The back ends of the run; nullptr where no table has one.
  BackEnds* back_ends = nullptr;
};

/// What stands beside the subject for the table's requests: files, and a back end, which is started where it is not
/// there. Blocks for that. Throws CompanionError.
TrialNeeds needs_of(const TableSpec& table, const journal::Trial& row, const TrialContext& context);

/// Sets the CPUs of a planned row, and its units where they are one per CPU or the subject's own.
void assign_cpus(journal::Trial& row, const TableSpec& table, const TrialContext& context);

/// `planned` brings its identity and params. Blocks for the length of the trial. Leaves no process, cgroup or file
/// behind on any path. Throws Interrupted, and std::system_error for what this program cannot do for any subject: make
/// a folder, open a descriptor, start a process.
TrialResult run_trial(journal::Trial planned, const TableSpec& table, const TrialContext& context);

/// The parts of a trial, for a block that runs several at the same time (sliced_block.h). begin_trial() sets what every
/// row begins with, and the outcome not_run where the subject cannot be started; nullptr where there is none of this
/// name. run_stage() makes the row's outcome of what a stage throws, but for an interrupt and a fault of the harness;
/// it returns whether all is well so far. end_trial() judges the row.
const subjects::Subject* begin_trial(journal::Trial& row, const TableSpec& table, const TrialContext& context);
bool run_stage(TrialResult& trial, const std::function<void()>& stage);
void end_trial(TrialResult& trial);

/// The row of a trial that is not started at all, for this reason.
journal::Trial not_started(journal::Trial row, const TableSpec& table, const TrialContext& context,
                           const std::string& why);

}  // namespace bakeoff::experiment
