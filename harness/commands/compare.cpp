// bakeoff compare DIR DIR: what changed between two results, without running anything.
#include <fmt/format.h>

#include <algorithm>

#include "harness/commands/commands.h"
#include "harness/commands/show.h"
#include "harness/experiment/nearest.h"
#include "harness/journal/reader.h"
#include "harness/journal/writer.h"
#include "harness/report/changes.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;

RecordedRun read_run(const fs::path& folder) {
  for (const fs::path& needed : {folder / kManifestFile, folder / kTrialsFile}) {
    if (fs::is_regular_file(needed)) continue;
    throw UsageError(fmt::format("compare: \"{}\" has no {}; expected a folder that bakeoff run has written",
                                 folder.string(), needed.filename().string()));
  }
  Journal journal = read_journal(folder);
  for (const std::string& note : journal.notes) {
    fmt::print(stderr, "bakeoff: {}: {}\n", folder.string(), note);
  }
  return {.name = folder.string(), .manifest = read_manifest(folder), .trials = std::move(journal.trials)};
}

std::vector<std::string> subjects_of(const RecordedRun& run) {
  std::vector<std::string> subjects;
  for (const Trial& trial : run.trials) {
    if (std::find(subjects.begin(), subjects.end(), trial.subject) == subjects.end()) subjects.push_back(trial.subject);
  }
  return subjects;
}

// The floor that was asked for, or the baseline that both name; both runs have rows of it.
std::string choose_floor(const CompareOptions& options, const RecordedRun& before, const RecordedRun& after) {
  const std::vector<std::string> first = subjects_of(before);
  const std::vector<std::string> second = subjects_of(after);
  const auto in = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  std::vector<std::string> common;
  std::copy_if(first.begin(), first.end(), std::back_inserter(common),
               [&](const std::string& name) { return in(second, name); });
  const std::string expected = common.empty() ? "the runs have no subject in common"
                                              : "expected a subject that both runs have: " + join_names(common);
  std::string floor = options.floor;
  if (floor.empty()) {
    floor = before.manifest.baseline;
    if (floor != after.manifest.baseline) {
      throw UsageError(
          fmt::format("compare: the baseline is \"{}\" in \"{}\" and \"{}\" in \"{}\"; name a floor with --floor, {}",
                      floor, before.name, after.manifest.baseline, after.name, expected));
    }
    if (floor.empty()) throw UsageError("compare: neither run has a baseline; name a floor with --floor, " + expected);
  }
  for (const auto& [subjects, run] : {std::pair{&first, &before}, std::pair{&second, &after}}) {
    if (in(*subjects, floor)) continue;
    throw UsageError(fmt::format("compare: {}\"{}\" has no row in \"{}\", {}{}",
                                 options.floor.empty() ? "" : "--floor: ", floor, run->name, expected,
                                 did_you_mean(floor, common)));
  }
  return floor;
}

}  // namespace

int compare_command(const CompareOptions& options) {
  // Before anything is read, so that a slip of the keys is told whatever the folders hold.
  const double margin = options.margin.empty() ? kRunToRun : parse_share("--margin", options.margin);
  std::optional<double> gate;
  if (!options.fail_on_regression.empty()) gate = parse_share("--fail-on-regression", options.fail_on_regression);
  for (const fs::path& folder : {options.before, options.after}) {
    if (fs::is_directory(folder)) continue;
    throw UsageError("compare: \"" + folder.string() + "\" is no folder; expected one that bakeoff run has written");
  }
  if (fs::equivalent(options.before, options.after)) {
    throw UsageError(fmt::format("compare: \"{}\" and \"{}\" are the same folder; expected two results",
                                 options.before.string(), options.after.string()));
  }
  const RecordedRun before = read_run(options.before);
  const RecordedRun after = read_run(options.after);
  for (const RecordedRun* run : {&before, &after}) {
    if (!run->trials.empty()) continue;
    fmt::print(stderr, "bakeoff: {}: no rows\n", run->name);
    return kNoValid;
  }

  const Changes changes = build_changes(before, after, choose_floor(options, before, after), margin);
  fmt::print("{}", render(changes.report, options.format));
  if (std::none_of(changes.cells.begin(), changes.cells.end(),
                   [](const CellChange& cell) { return cell.change.has_value(); })) {
    fmt::print(stderr, "bakeoff: no cell has a valid ratio in both runs\n");
    return kNoValid;
  }
  if (!gate) return kDone;
  const auto regressions = std::count_if(changes.cells.begin(), changes.cells.end(), [&](const CellChange& cell) {
    return cell.change && cell.change->verdict == ChangeVerdict::worse && cell.change->worse_by >= *gate;
  });
  if (regressions == 0) return kDone;
  fmt::print(stderr, "bakeoff: {} {} worse by {:.3g} % or more\n", regressions,
             regressions == 1 ? "cell is" : "cells are", 100 * *gate);
  return kNotMet;
}

}  // namespace bakeoff
