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

namespace bakeoff {

struct TrialSetting {
  const Offer& offer;
  CpuSplit cpus;
  std::string harness_hash;
  /// Rows of the same run so far: what they measured tells whether a trial fits into memory.
  std::span<const Trial> earlier{};
};

struct Measured {
  Trial row;
  std::map<std::string, Histogram> histograms;  ///< By latency class; empty for jobs and for trials without a window.
  bool load_failed = false;  ///< A load agent did (LoadError::Fault::agent): the row says nothing of the subject.
};

/// Sets the CPUs of a planned row, and its units where they are one a CPU or the subject's own.
void place(Trial& row, const TableSpec& table, const TrialSetting& setting);

/// `row` brings its identity and params. Blocks for the length of the trial. Leaves no process, cgroup or file behind
/// on any path. Throws Interrupted, and std::system_error for what this program cannot do itself, whoever the subject:
/// make a folder, have a descriptor, start anything at all.
Measured run_trial(Trial row, const TableSpec& table, const TrialSetting& setting);

/// The row of a trial that is not started at all, for this reason.
Trial not_started(Trial row, const TableSpec& table, const TrialSetting& setting, const std::string& why);

}  // namespace bakeoff
