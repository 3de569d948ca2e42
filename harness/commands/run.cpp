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
#include "harness/experiment/leftovers.h"
#include "harness/experiment/resume.h"
#include "harness/experiment/scratch_folder.h"
#include "harness/journal/reader.h"
#include "harness/measure/hash.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/variant.h"

namespace bakeoff {
namespace {

void check_gate(const RunOptions& options, const Spec& spec) {
  const bool gate = gate_of(options.fail_on_regression, options.unknown).has_value();
  if (gate && !spec.against)
    throw UsageError("--fail-on-regression: found no --against; expected the build to compare with");
}

/// The build to compare with: asked, put beside this one and named in the manifest.
std::string add_other(const RunOptions& options, const std::optional<Resumed>& resumed, const Spec& spec, Offer& offer,
                      std::string& build) {
  const std::filesystem::path program = options.against.empty() && resumed
                                            ? std::filesystem::path(resumed->manifest.against)
                                            : other_program(options.against);
  const SubjectBuild how = add_other_build(offer, program, spec);
  build = fmt::format("{}, {}, {}", how.version, how.compiler, how.build_type);
  return program;
}

/// Nobody else may write there, and a folder that cannot be written is found before anything starts.
JournalWriter open_journal(const std::filesystem::path& folder) try {
  return JournalWriter(folder);
} catch (const std::runtime_error& error) {
  throw UsageError(std::string("results: ") + error.what());
}

/// A resumed run names its subjects, but not the folder of one's own servers.
void add_all(Offer& offer, const std::vector<std::string>& subjects, bool resumed) try {
  add_variants(offer, subjects);
} catch (const VariantError& error) {
  throw UsageError(fmt::format("subjects: {}{}", error.what(),
                               resumed ? "; a server of your own needs its folder again (--subjects DIR)" : ""));
}

Manifest go_on(const Resumed& resumed, const Manifest& now) {
  if (const std::string changed = what_changed(resumed.manifest, now); !changed.empty()) {
    throw UsageError("--resume: " + resumed.folder.string() + ": " + changed);
  }
  Manifest manifest = resumed.manifest;
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
  Offer offer = offer_of_all();
  options.brought = take_folders(options.subjects, offer);
  const Names names = names_of(offer);
  const std::optional<Resumed> resumed = resumed_run(options, names);
  const Chosen chosen = choose_experiment(options, resumed, names);
  check_gate(options, chosen.spec);
  add_all(offer, chosen.spec.subjects, resumed.has_value());
  std::string against, against_build;
  if (chosen.spec.against) against = add_other(options, resumed, chosen.spec, offer, against_build);
  const Plan plan = make_plan(chosen.spec);
  const TrialSetting setting{offer, split_cpus(allowed_cpus()), content_hash("/proc/self/exe")};
  check_jobs(plan, setting);
  if (options.dry_run) {
    fmt::print("{}", plan_in_words(plan, options.format));
    return kDone;
  }

  { const ScratchFolder every_trial_needs_one; }
  // Before servers of other people's are asked for their versions.
  const std::filesystem::path folder = resumed ? resumed->folder : new_folder(options, chosen);
  Manifest manifest = manifest_of(options, chosen, offer, setting);
  manifest.against = against;
  manifest.against_build = against_build;
  if (!against.empty()) manifest.against_hash = content_hash(against);
  if (resumed) manifest = go_on(*resumed, manifest);
  JournalWriter journal = open_journal(folder);
  std::vector<Trial> rows;
  if (resumed) {
    for (const std::string& note : journal.notes()) fmt::print(stderr, "bakeoff: {}\n", note);
    rows = read_journal(folder, manifest.experiment).trials;
  }
  stay_on(setting.cpus.load);  // The harness itself keeps off the subject's CPUs.
  remove_leftovers();
  fmt::print(stderr, "{}: {}{}; rows go to {}\n", chosen.spec.name, length_in_words(chosen.spec),
             resumed ? fmt::format(", of which {} are there", rows.size()) : "", folder.string());
  if (!against.empty() && manifest.against_hash == manifest.subject_hash) {
    fmt::print(stderr, "bakeoff: both builds have the same bakeoff-subject ({}): what differs is chance\n",
               manifest.against_hash);
  }
  return RunSession(options, plan, setting, manifest, folder, std::move(journal), std::move(rows)).go();
}

}  // namespace bakeoff
