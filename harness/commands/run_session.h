// A run in progress: trials are measured, rows kept, tables shown as they are complete.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "harness/commands/opened_run.h"
#include "harness/commands/progress.h"
#include "harness/experiment/plan.h"
#include "harness/experiment/plan_runner.h"
#include "harness/report/table.h"

namespace bakeoff::commands {

class RunSession {
 public:
  /// Writes the manifest and the experiment into the folder.
  explicit RunSession(OpenedRun run);

  /// Blocks until the run has ended; returns the exit status. Throws std::runtime_error when rows could no longer be
  /// written, after everything that was measured has been shown.
  int run();

 private:
  double elapsed_s() const;
  journal::Trial next_row(const experiment::PlannedTrial& next, int attempt) const;
  experiment::TrialStatus trial(const experiment::PlannedTrial& next, int attempt);
  std::vector<experiment::TrialStatus> block(std::span<const experiment::PlannedTrial> next, int attempt);
  experiment::TrialStatus keep(experiment::TrialResult measured);
  void tell_repeating(bool worth);
  experiment::Precision precision(const experiment::TableSpec& table, std::uint64_t blocks) const;
  void show_table(const std::string& name);
  void finish(const std::vector<experiment::TableEnd>& ends, const std::string& failure);
  void print_end() const;
  void tell_next() const;
  bool any_valid() const;

  OpenedRun run_;
  const std::size_t before_ = run_.rows.size();  ///< Rows of the run that is resumed.
  Progress progress_{run_.planned.plan, before_};
  std::vector<std::string> shown_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace bakeoff::commands
