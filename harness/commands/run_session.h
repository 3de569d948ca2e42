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

namespace bakeoff {

class RunSession {
 public:
  /// Writes manifest and experiment into the folder. `rows` are those that are there already.
  RunSession(const RunOptions& options, const Plan& plan, const TrialSetting& setting, Manifest manifest,
             std::filesystem::path folder, JournalWriter journal, std::vector<Trial> rows);

  /// Blocks until the run has ended; returns the exit status. Throws std::runtime_error when rows could no longer be
  /// written, after all that was measured has been shown.
  int go();

 private:
  double elapsed_s() const;
  Ran trial(const PlannedTrial& next, int attempt);
  void tell_repeating(bool worth);
  Precision precision(const TableSpec& table, std::uint64_t blocks) const;
  void show_table(const std::string& name);
  void finish(const std::vector<TableEnd>& ends, const std::string& failure);
  void print_end() const;
  bool any_valid() const;

  const RunOptions& options_;
  const Plan& plan_;
  const TrialSetting& setting_;
  Manifest manifest_;
  const std::filesystem::path folder_;
  JournalWriter journal_;
  Progress progress_;
  std::vector<Trial> rows_;
  std::size_t before_;  ///< Rows of the run that is resumed.
  std::vector<std::string> shown_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace bakeoff
