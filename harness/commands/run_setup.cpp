#include "harness/commands/run_setup.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/commands/check_jobs.h"
#include "harness/commands/check_names.h"
#include "harness/commands/experiments.h"
#include "harness/commands/gate.h"
#include "harness/commands/result_folders.h"
#include "harness/experiment/narrow.h"
#include "harness/input/quantity.h"
#include "harness/input/resolve_name.h"
#include "harness/journal/writer.h"
#include "harness/measure/hash.h"
#include "harness/measure/text_file.h"
#include "harness/subjects/variant.h"

namespace bakeoff::commands {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDefaultExperiment = "quick";

/// The experiment that the options name.
ChosenExperiment read_experiment(const RunOptions& options, const subjects::Inventory& inventory) {
  const fs::path file = find_experiment(options.experiment.empty() ? kDefaultExperiment : options.experiment);
  return {.spec = experiment::read_spec(file, inventory, tell_user, options.set),
          .file = file.filename(),
          .text = measure::read_text(file).value_or(""),
          .set = options.set};
}

/// A run is resumed as it began, except for what the command line says now.
void apply_manifest(const journal::Manifest& manifest, experiment::Spec& spec, const subjects::Inventory& inventory) {
  std::vector<std::string> subjects = manifest.subjects;
  std::erase_if(subjects, [](const std::string& name) { return name.ends_with(journal::kOtherBuildSuffix); });
  std::erase_if(spec.tables,
                [&](const experiment::TableSpec& table) { return !input::contains(manifest.tables, table.name); });
  experiment::choose_subjects(spec, subjects, inventory);  // What is left out was told when the run began.
  spec.baseline = manifest.baseline;
  spec.against = !manifest.against.empty();
  if (manifest.blocks != 0) spec.blocks = manifest.blocks;
  spec.precision = manifest.precision;
  spec.budget_s = manifest.budget_s;
}

/// Where the run is that --resume continues: --out, or else the newest folder of this experiment.
fs::path folder_to_resume(const RunOptions& options, const std::string& experiment) {
  if (!options.out.empty()) {
    if (holds_a_run(options.out)) return options.out;
    throw UsageError(fmt::format("--resume: \"{}\" holds no run; expected a folder with {} and {}",
                                 options.out.string(), journal::kManifestFile, journal::kTrialsFile));
  }
  fs::path newest = newest_run_of(experiment);
  if (!newest.empty()) return newest;
  throw UsageError(fmt::format("--resume: found no run in {}; name one with --out",
                               fs::absolute(results_root() / experiment).string()));
}

/// The experiment that the options name; where they name none, the one of the folder, as the run began.
ChosenExperiment resume_experiment(const RunOptions& options, const subjects::Inventory& inventory) {
  ChosenExperiment chosen;
  if (!options.experiment.empty()) chosen = read_experiment(options, inventory);
  const fs::path folder = folder_to_resume(options, options.experiment.empty() ? kDefaultExperiment : chosen.spec.name);
  chosen.resumed = ResumedRun{folder, journal::read_manifest(folder)};
  const journal::Manifest& manifest = chosen.resumed->manifest;
  chosen.set = options.set.empty() ? manifest.set : options.set;
  if (options.experiment.empty()) {
    chosen.file = manifest.experiment_file;
    chosen.text = manifest.experiment_text;
  }
  if (options.experiment.empty() || chosen.set != options.set) {
    chosen.spec = experiment::parse_spec(chosen.text, chosen.file, inventory, tell_user, chosen.set);
  }
  if (options.experiment.empty()) apply_manifest(manifest, chosen.spec, inventory);
  chosen.spec.one_by_one = manifest.one_by_one;
  return chosen;
}

void apply_options(const RunOptions& options, experiment::Spec& spec) {
  if (options.blocks) spec.blocks = *options.blocks;
  if (!options.precision.empty()) {
    spec.precision = input::parse_share("--precision", options.precision, experiment::kFinestPrecision);
  }
  if (!options.budget.empty()) spec.budget_s = input::parse_duration_s("--budget", options.budget);
  spec.against = spec.against || !options.against.empty();
  spec.one_by_one = spec.one_by_one || options.one_by_one;
}

/// Servers in folders of the user's join the inventory, and the experiment.
ChosenExperiment choose_experiment(const RunOptions& options, subjects::Inventory& inventory) {
  std::vector<std::string> subjects = options.subjects;
  const std::vector<std::string> from_folders = take_subject_folders(subjects, inventory, "--subjects: ");
  ChosenExperiment chosen =
      options.resume ? resume_experiment(options, inventory) : read_experiment(options, inventory);
  if (subjects.empty() && !from_folders.empty()) {
    subjects = chosen.spec.subjects;
    subjects.insert(subjects.end(), from_folders.begin(), from_folders.end());
  }
  experiment::keep_tables(chosen.spec, options.tables, tell_user);
  chosen.spec = experiment::narrow(chosen.spec, subjects, options.workloads, inventory, tell_user);
  apply_options(options, chosen.spec);
  return chosen;
}

void check_gate(const RunOptions& options, const experiment::Spec& spec) {
  const bool gate = gate_of(options.fail_on_regression, options.unknown).has_value();
  if (gate && !spec.against) {
    throw UsageError("--fail-on-regression: found no --against; expected the build to compare with");
  }
}

/// A resumed run names its subjects, but not the folder in which a server of the user's is.
void add_subjects(subjects::Inventory& inventory, const ChosenExperiment& chosen) try {
  subjects::add_variants(inventory, chosen.spec.subjects);
} catch (const subjects::VariantError& error) {
  throw UsageError(fmt::format("subjects: {}{}", error.what(),
                               chosen.resumed ? "; a server of your own needs its folder again (--subjects DIR)" : ""));
}

std::optional<OtherBuild> add_other(const fs::path& against, const ChosenExperiment& chosen,
                                    subjects::Inventory& inventory) {
  if (!chosen.spec.against) return std::nullopt;
  const bool as_before = against.empty() && chosen.resumed;
  const fs::path program = as_before ? fs::path(chosen.resumed->manifest.against) : find_other_program(against);
  return add_other_build(inventory, program, chosen.spec);
}

}  // namespace

PlannedRun plan_run(const RunOptions& options) {
  PlannedRun run{.options = options, .inventory = inventory_with(options.with)};
  run.chosen = choose_experiment(options, run.inventory);
  check_gate(options, run.chosen.spec);
  add_subjects(run.inventory, run.chosen);
  run.other = add_other(options.against, run.chosen, run.inventory);
  run.plan = experiment::make_plan(run.chosen.spec);
  run.cpus = measure::split_cpus(measure::allowed_cpus());
  run.harness_hash = measure::content_hash("/proc/self/exe");
  check_jobs(run.plan, run.context());
  return run;
}

}  // namespace bakeoff::commands
