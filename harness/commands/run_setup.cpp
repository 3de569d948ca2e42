#include "harness/commands/run_setup.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "harness/commands/experiments.h"
#include "harness/commands/result_folders.h"
#include "harness/experiment/narrow.h"
#include "harness/input/quantity.h"
#include "harness/journal/writer.h"
#include "harness/measure/cgroup.h"
#include "harness/measure/hash.h"
#include "harness/measure/machine.h"
#include "harness/measure/text_file.h"
#include "harness/measure/utc_time.h"
#include "harness/subjects/install_paths.h"
#include "harness/subjects/version.h"
#include "harness/version.h"

namespace bakeoff::commands {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDefaultExperiment = "quick";

fs::path file_of(const RunOptions& options) {
  return find_experiment(options.experiment.empty() ? kDefaultExperiment : options.experiment);
}

/// A folder is resumed as it was begun, but for what the command line says now.
void apply_manifest(const journal::Manifest& manifest, experiment::Spec& spec, experiment::Names names) {
  std::vector<std::string> subjects = manifest.subjects;
  std::erase_if(subjects, [](const std::string& name) { return name.ends_with(journal::kOtherBuildSuffix); });
  std::erase_if(spec.tables, [&](const experiment::TableSpec& table) {
    return std::find(manifest.tables.begin(), manifest.tables.end(), table.name) == manifest.tables.end();
  });
  names.tell = {};  // It was told when the run began.
  experiment::choose_subjects(spec, subjects, names);
  spec.baseline = manifest.baseline;
  spec.against = !manifest.against.empty();
  if (manifest.blocks != 0) spec.blocks = manifest.blocks;
  spec.precision = manifest.precision;
  spec.budget_s = manifest.budget_s;
}

void apply_options(const RunOptions& options, experiment::Spec& spec) {
  if (options.blocks) spec.blocks = *options.blocks;
  if (!options.precision.empty()) {
    spec.precision = input::parse_share("--precision", options.precision, experiment::kFinestPrecision);
  }
  if (!options.budget.empty()) spec.budget_s = input::parse_duration_s("--budget", options.budget);
  spec.against = spec.against || !options.against.empty();
}

}  // namespace

std::optional<ResumedRun> resumed_run(const RunOptions& options, const experiment::Names& names) {
  if (!options.resume) return std::nullopt;
  if (!options.out.empty()) {
    if (!holds_a_run(options.out)) {
      throw UsageError(fmt::format("--resume: \"{}\" holds no run; expected a folder with {} and {}",
                                   options.out.string(), journal::kManifestFile, journal::kTrialsFile));
    }
    return ResumedRun{options.out, journal::read_manifest(options.out)};
  }
  const std::string experiment = experiment::read_spec(file_of(options), names).name;
  const fs::path newest = newest_run_of(experiment);
  if (newest.empty()) {
    throw UsageError(fmt::format("--resume: found no run in {}; name one with --out",
                                 fs::absolute(results_root() / experiment).string()));
  }
  return ResumedRun{newest, journal::read_manifest(newest)};
}

ChosenExperiment choose_experiment(const RunOptions& options, const std::optional<ResumedRun>& resumed, const experiment::Names& names) {
  ChosenExperiment chosen;
  if (resumed && options.experiment.empty()) {
    chosen.file = resumed->manifest.experiment_file;
    chosen.text = resumed->manifest.experiment_text;
    chosen.spec = experiment::parse_spec(chosen.text, chosen.file, names);
    apply_manifest(resumed->manifest, chosen.spec, names);
  } else {
    const fs::path file = file_of(options);
    chosen.spec = experiment::read_spec(file, names);
    chosen.file = file.filename();
    chosen.text = measure::read_text(file).value_or("");
  }
  std::vector<std::string> subjects = options.subjects;
  if (subjects.empty() && !options.subjects_from_folders.empty()) {
    subjects = chosen.spec.subjects;
    subjects.insert(subjects.end(), options.subjects_from_folders.begin(), options.subjects_from_folders.end());
  }
  chosen.spec = experiment::narrow(chosen.spec, subjects, options.workloads, names);
  apply_options(options, chosen.spec);
  return chosen;
}

fs::path new_folder(const RunOptions& options, const ChosenExperiment& chosen) {
  if (options.out.empty()) return fresh_folder(chosen.spec.name);
  refuse_to_overwrite(options.out, chosen.text);
  return options.out;
}

journal::Manifest manifest_of(const RunOptions& options, const ChosenExperiment& chosen, const subjects::Inventory& inventory, const experiment::TrialContext& context) {
  const experiment::Spec& spec = chosen.spec;
  journal::Manifest manifest;
  manifest.bakeoff_version = kVersion;
  manifest.commit = kCommit;
  manifest.dirty = kDirty;
  manifest.harness_hash = context.harness_hash;
  manifest.subject_hash = measure::content_hash(subjects::subject_program());
  manifest.compiler = inventory.build.compiler;
  manifest.flags = inventory.build.flags;
  manifest.build_type = inventory.build.build_type;
  manifest.boost_version = inventory.build.boost;
  manifest.experiment = spec.name;
  manifest.question = spec.question;
  manifest.baseline = spec.baseline;
  manifest.subjects = spec.subjects;
  for (const experiment::TableSpec& table : spec.tables) {
    manifest.tables.push_back(table.name);
    if (const std::string& own = experiment::baseline_of(spec, table); own != spec.baseline) manifest.baselines[table.name] = own;
  }
  for (const subjects::Subject& subject : inventory.subjects) manifest.like[subject.name] = subject.like;
  for (const std::string& name : spec.subjects) {
    const subjects::Subject* subject = inventory.find(name);
    if (subject == nullptr || !subject->foreign) continue;
    manifest.twins[name] = subject->twin();
    manifest.differs[name] = subject->foreign->differs;
    manifest.tuning[name] = subject->foreign->tuning;
    if (const std::string version = subjects::ask_version(*subject); !version.empty()) manifest.versions[name] = version;
  }
  manifest.experiment_file = chosen.file;
  manifest.experiment_text = chosen.text;
  manifest.experiment_hash = measure::content_hash_of(manifest.experiment_text);
  manifest.seed = spec.seed;
  manifest.blocks = spec.blocks;
  manifest.precision = spec.precision;
  manifest.budget_s = spec.budget_s;
  manifest.arguments = options.arguments;
  if (!manifest.arguments.empty()) manifest.arguments.front() = "bakeoff";
  manifest.started_at = measure::utc_now();
  manifest.subject_cpus = context.cpus.subject;
  manifest.load_cpus = context.cpus.load;
  manifest.machine = measure::read_machine_facts();
  if (context.cpus.shared) manifest.could_not_set.push_back("a CPU of its own for the load: only one is allowed");
  if (!measure::Cgroup::create(fmt::format("bakeoff-{}-trial", ::getpid())).present()) {
    manifest.could_not_set.push_back("a cgroup for each trial: CPU time is read from schedstat");
  }
  return manifest;
}

}  // namespace bakeoff::commands
