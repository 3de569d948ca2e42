// bakeoff compare DIR DIR: what changed between two results, without running anything.
#include <fmt/format.h>

#include <algorithm>

#include "harness/commands/commands.h"
#include "harness/commands/gate.h"
#include "harness/commands/render.h"
#include "harness/commands/result_folders.h"
#include "harness/input/nearest_name.h"
#include "harness/input/quantity.h"
#include "harness/journal/reader.h"
#include "harness/journal/writer.h"
#include "harness/report/compare/changes.h"

namespace bakeoff::commands {
namespace {

namespace fs = std::filesystem;

report::compare::RecordedRun read_run(const fs::path& folder) {
  for (const fs::path& needed : {folder / journal::kManifestFile, folder / journal::kTrialsFile}) {
    if (fs::is_regular_file(needed)) continue;
    throw UsageError(fmt::format("compare: \"{}\" has no {}; expected a folder that bakeoff run has written",
                                 folder.string(), needed.filename().string()));
  }
  journal::Journal journal = journal::read_journal(folder);
  for (const std::string& note : journal.notes) {
    fmt::print(stderr, "bakeoff: {}: {}\n", folder.string(), note);
  }
  return {.name = folder.string(), .manifest = journal::read_manifest(folder), .trials = std::move(journal.trials)};
}

std::vector<std::string> subjects_of(const report::compare::RecordedRun& run) {
  std::vector<std::string> subjects;
  for (const journal::Trial& trial : run.trials) {
    if (std::find(subjects.begin(), subjects.end(), trial.subject) == subjects.end()) subjects.push_back(trial.subject);
  }
  return subjects;
}

// The floor that was asked for, or the baseline that both runs name. Both have rows of it.
std::string choose_floor(const CompareOptions& options, const report::compare::RecordedRun& before,
                         const report::compare::RecordedRun& after) {
  const std::vector<std::string> first = subjects_of(before);
  const std::vector<std::string> second = subjects_of(after);
  const auto in = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  std::vector<std::string> common;
  std::copy_if(first.begin(), first.end(), std::back_inserter(common),
               [&](const std::string& name) { return in(second, name); });
  const std::string expected = common.empty() ? "the runs have no subject in common"
                                              : "expected a subject that both runs have: " + input::join_names(common);
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
                                 input::did_you_mean(floor, common)));
  }
  return floor;
}

}  // namespace

int compare_command(const CompareOptions& given) {
  if (given.last == !given.after.empty()) {
    throw UsageError(given.last ? "compare: found two folders beside --last, expected one"
                                : fmt::format("compare: found {} folder, expected two, or --last for the second",
                                              given.before.empty() ? "no" : "one"));
  }
  CompareOptions options = given;
  // Before anything is read, so that a typing mistake is reported whatever the folders hold.
  const double margin =
      options.margin.empty() ? stats::kRunToRunMargin : input::parse_share("--margin", options.margin);
  const std::optional<Gate> gate = gate_of(options.fail_on_regression, options.unknown);
  if (options.last) options.after = last_run();
  for (const fs::path& folder : {options.before, options.after}) {
    if (fs::is_directory(folder)) continue;
    throw UsageError("compare: \"" + folder.string() + "\" is no folder; expected one that bakeoff run has written");
  }
  if (fs::equivalent(options.before, options.after)) {
    throw UsageError(fmt::format("compare: \"{}\" and \"{}\" are the same folder; expected two results",
                                 options.before.string(), options.after.string()));
  }
  const report::compare::RecordedRun before = read_run(options.before);
  const report::compare::RecordedRun after = read_run(options.after);
  for (const report::compare::RecordedRun* run : {&before, &after}) {
    if (!run->trials.empty()) continue;
    fmt::print(stderr, "bakeoff: {}: no rows\n", run->name);
    return kNoValid;
  }

  const report::compare::Changes changes =
      report::compare::build_changes(before, after, choose_floor(options, before, after), margin);
  fmt::print("{}", render(changes.report, options.format));
  if (std::none_of(changes.cells.begin(), changes.cells.end(),
                   [](const report::compare::CellChange& cell) { return cell.change.has_value(); })) {
    fmt::print(stderr, "bakeoff: no cell has a valid ratio in both runs\n");
    return kNoValid;
  }
  return gate ? apply_gate(*gate, report::compare::gate_cells(changes.cells, margin)) : kDone;
}

}  // namespace bakeoff::commands
