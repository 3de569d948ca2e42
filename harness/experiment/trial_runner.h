// One trial, from a planned row to a measured one: start, ready, verify, warm up, measure, stop (design of a trial:
// results/README.md). Everything that can go wrong with a subject or its load becomes the row's outcome; only the
// user's interrupt and a fault of the harness itself are thrown.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "harness/experiment/spec.h"
#include "harness/journal/trial.h"
#include "harness/measure/cpu_sets.h"
#include "harness/stats/histogram.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

struct TrialContext {
  const subjects::Inventory& inventory;
  measure::CpuSplit cpus;
  std::string harness_hash;
  /// Rows of the same run so far: what they measured tells whether a trial fits into memory.
  std::span<const journal::Trial> earlier{};
};

struct TrialResult {
  journal::Trial row;
  std::map<std::string, stats::Histogram> histograms;  ///< By latency class; empty for jobs and for trials without a window.
  bool load_failed = false;  ///< A load agent did (LoadError::Cause::agent): the row says nothing of the subject.
};

/// Sets the CPUs of a planned row, and its units where they are one a CPU or the subject's own.
void assign_cpus(journal::Trial& row, const TableSpec& table, const TrialContext& context);

/// `row` brings its identity and params. Blocks for the length of the trial. Leaves no process, cgroup or file behind
/// on any path. Throws Interrupted, and std::system_error for what this program cannot do itself, whoever the subject:
/// make a folder, have a descriptor, start anything at all.
TrialResult run_trial(journal::Trial row, const TableSpec& table, const TrialContext& context);

/// The row of a trial that is not started at all, for this reason.
journal::Trial not_started(journal::Trial row, const TableSpec& table, const TrialContext& context, const std::string& why);

}  // namespace bakeoff::experiment
