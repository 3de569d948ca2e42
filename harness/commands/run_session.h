// A run under way: trials measured, rows kept, tables shown as they are complete.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/commands/commands.h"
#include "harness/commands/progress.h"
#include "harness/experiment/plan.h"
#include "harness/experiment/runner.h"
#include "harness/experiment/trial_runner.h"
#include "harness/journal/manifest.h"
#include "harness/journal/writer.h"
#include "harness/report/table.h"

namespace bakeoff::commands {

class RunSession {
 public:
  /// Writes manifest and experiment into the folder. `rows` are those that are there already.
  RunSession(const RunOptions& options, const experiment::Plan& plan, const experiment::TrialContext& context, journal::Manifest manifest,
             std::filesystem::path folder, journal::JournalWriter journal, std::vector<journal::Trial> rows);

  /// Blocks until the run has ended; returns the exit status. Throws std::runtime_error when rows could no longer be
  /// written, after all that was measured has been shown.
  int run();

 private:
  double elapsed_s() const;
  experiment::TrialStatus trial(const experiment::PlannedTrial& next, int attempt);
  void tell_repeating(bool worth);
  experiment::Precision precision(const experiment::TableSpec& table, std::uint64_t blocks) const;
  void show_table(const std::string& name);
  void finish(const std::vector<experiment::TableEnd>& ends, const std::string& failure);
  void print_end() const;
  bool any_valid() const;

  const RunOptions& options_;
  const experiment::Plan& plan_;
  const experiment::TrialContext& context_;
  journal::Manifest manifest_;
  const std::filesystem::path folder_;
  journal::JournalWriter journal_;
  Progress progress_;
  std::vector<journal::Trial> rows_;
  std::size_t before_;  ///< Rows of the run that is resumed.
  std::vector<std::string> shown_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace bakeoff::commands
