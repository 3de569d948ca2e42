// bakeoff run: an experiment, its rows kept as they come, its tables printed as they are complete.
#include <fmt/format.h>

#include "harness/commands/check_jobs.h"
#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/dry_run.h"
#include "harness/commands/gate.h"
#include "harness/commands/other_build.h"
#include "harness/commands/run_session.h"
#include "harness/commands/run_setup.h"
#include "harness/subjects/abandoned_folders.h"
#include "harness/experiment/resume.h"
#include "harness/subjects/scratch_folder.h"
#include "harness/journal/reader.h"
#include "harness/measure/hash.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/variant.h"

namespace bakeoff::commands {
namespace {

void check_gate(const RunOptions& options, const experiment::Spec& spec) {
  const bool gate = gate_of(options.fail_on_regression, options.unknown).has_value();
  if (gate && !spec.against)
    throw UsageError("--fail-on-regression: found no --against; expected the build to compare with");
}

/// The build to compare with: asked, put beside this one and named in the manifest.
std::string add_other(const RunOptions& options, const std::optional<ResumedRun>& resumed, const experiment::Spec& spec, subjects::Inventory& inventory,
                      std::string& build) {
  const std::filesystem::path program = options.against.empty() && resumed
                                            ? std::filesystem::path(resumed->manifest.against)
                                            : other_program(options.against);
  const subjects::SubjectBuild how = add_other_build(inventory, program, spec);
  build = fmt::format("{}, {}, {}", how.version, how.compiler, how.build_type);
  return program;
}

/// Nobody else may write there, and a folder that cannot be written is found before anything starts.
journal::JournalWriter open_journal(const std::filesystem::path& folder) try {
  return journal::JournalWriter(folder);
} catch (const std::runtime_error& error) {
  throw UsageError(std::string("results: ") + error.what());
}

/// A resumed run names its subjects, but not the folder of one's own servers.
void add_all(subjects::Inventory& inventory, const std::vector<std::string>& subjects, bool resumed) try {
  subjects::add_variants(inventory, subjects);
} catch (const subjects::VariantError& error) {
  throw UsageError(fmt::format("subjects: {}{}", error.what(),
                               resumed ? "; a server of your own needs its folder again (--subjects DIR)" : ""));
}

journal::Manifest resumed_manifest(const ResumedRun& resumed, const journal::Manifest& now) {
  if (const std::string changed = experiment::what_changed(resumed.manifest, now); !changed.empty()) {
    throw UsageError("--resume: " + resumed.folder.string() + ": " + changed);
  }
  journal::Manifest manifest = resumed.manifest;
  manifest.resumed_at.push_back(now.started_at);
  manifest.ended.reset();
  manifest.blocks = now.blocks;
  manifest.precision = now.precision;
  manifest.budget_s = now.budget_s;
  return manifest;
}

}  // namespace

int run_command(const RunOptions& given) {
  RunOptions options = given;
  subjects::Inventory inventory = full_inventory();
  options.subjects_from_folders = take_subject_folders(options.subjects, inventory);
  const experiment::Names names = names_of(inventory);
  const std::optional<ResumedRun> resumed = resumed_run(options, names);
  const ChosenExperiment chosen = choose_experiment(options, resumed, names);
  check_gate(options, chosen.spec);
  add_all(inventory, chosen.spec.subjects, resumed.has_value());
  std::string against, against_build;
  if (chosen.spec.against) against = add_other(options, resumed, chosen.spec, inventory, against_build);
  const experiment::Plan plan = experiment::make_plan(chosen.spec);
  const experiment::TrialContext context{inventory, measure::split_cpus(measure::allowed_cpus()), measure::content_hash("/proc/self/exe")};
  check_jobs(plan, context);
  if (options.dry_run) {
    fmt::print("{}", plan_in_words(plan, options.format));
    return kDone;
  }

  { const subjects::ScratchFolder every_trial_needs_one; }
  // Before servers of other people's are asked for their versions.
  const std::filesystem::path folder = resumed ? resumed->folder : new_folder(options, chosen);
  journal::Manifest manifest = manifest_of(options, chosen, inventory, context);
  manifest.against = against;
  manifest.against_build = against_build;
  if (!against.empty()) manifest.against_hash = measure::content_hash(against);
  if (resumed) manifest = resumed_manifest(*resumed, manifest);
  journal::JournalWriter journal = open_journal(folder);
  std::vector<journal::Trial> rows;
  if (resumed) {
    for (const std::string& note : journal.notes()) fmt::print(stderr, "bakeoff: {}\n", note);
    rows = journal::read_journal(folder, manifest.experiment).trials;
  }
  measure::pin_to_cpus(context.cpus.load);  // The harness itself keeps off the subject's CPUs.
  subjects::remove_abandoned_folders();
  fmt::print(stderr, "{}: {}{}; rows go to {}\n", chosen.spec.name, length_in_words(chosen.spec),
             resumed ? fmt::format(", of which {} are there", rows.size()) : "", folder.string());
  if (!against.empty() && manifest.against_hash == manifest.subject_hash) {
    fmt::print(stderr, "bakeoff: both builds have the same bakeoff-subject ({}): what differs is chance\n",
               manifest.against_hash);
  }
  return RunSession(options, plan, context, manifest, folder, std::move(journal), std::move(rows)).run();
}

}  // namespace bakeoff::commands
