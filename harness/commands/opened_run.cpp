#include "harness/commands/opened_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <stdexcept>

#include "harness/commands/result_folders.h"
#include "harness/experiment/resume.h"
#include "harness/journal/reader.h"
#include "harness/measure/cgroup.h"
#include "harness/measure/hash.h"
#include "harness/measure/machine.h"
#include "harness/measure/utc_time.h"
#include "harness/subjects/install_paths.h"
#include "harness/subjects/version.h"
#include "harness/version.h"

namespace bakeoff::commands {
namespace {

namespace fs = std::filesystem;

void add_point(std::vector<journal::SweepFacts>& sweeps, const experiment::TableSpec& table) {
  const experiment::PlaceInSweep& point = *table.point;
  if (sweeps.empty() || sweeps.back().name != point.sweep) {
    sweeps.push_back({.name = point.sweep, .key = point.key, .points = {}});
  }
  sweeps.back().points.push_back({.table = table.name, .value = point.value});
}

/// The manifest of a run that begins now.
journal::Manifest new_manifest(const PlannedRun& run) {
  const subjects::Inventory& inventory = run.inventory;
  const experiment::Spec& spec = run.chosen.spec;
  journal::Manifest manifest;
  manifest.bakeoff_version = kVersion;
  manifest.commit = kCommit;
  manifest.dirty = kDirty;
  manifest.harness_hash = run.harness_hash;
  manifest.subject_hash = measure::content_hash(subjects::subject_program());
  manifest.compiler = inventory.build.compiler;
  manifest.flags = inventory.build.flags;
  manifest.build_type = inventory.build.build_type;
  manifest.boost_version = inventory.build.boost;
  if (run.other) {
    manifest.against = run.other->program.string();
    manifest.against_build = run.other->description;
    manifest.against_hash = measure::content_hash(run.other->program);
  }
  manifest.experiment = spec.name;
  manifest.question = spec.question;
  manifest.baseline = spec.baseline;
  manifest.subjects = spec.subjects;
  manifest.set = run.chosen.set;
  for (const experiment::TableSpec& table : spec.tables) {
    manifest.tables.push_back(table.name);
    if (table.point) add_point(manifest.sweeps, table);
    if (const std::string& own = experiment::baseline_of(spec, table); own != spec.baseline)
      manifest.baselines[table.name] = own;
  }
  for (const subjects::Subject& subject : inventory.subjects) manifest.like[subject.name] = subject.like;
  for (const std::string& name : spec.subjects) {
    const subjects::Subject* subject = inventory.find(name);
    if (subject == nullptr) continue;
    manifest.families[name] = subject->family();
    if (!subject->foreign) continue;
    manifest.twins[name] = subject->twin();
    manifest.differs[name] = subject->foreign->differs;
    if (!subject->foreign->jobs_differ.empty()) manifest.jobs_differ[name] = subject->foreign->jobs_differ;
    manifest.tuning[name] = subject->foreign->tuning;
    if (const std::string version = subjects::ask_version(*subject); !version.empty())
      manifest.versions[name] = version;
  }
  for (const experiment::TableSpec& table : spec.tables) {
    const subjects::Subject* back_end = table.back_end ? inventory.find(table.back_end->name) : nullptr;
    if (back_end == nullptr || manifest.versions.contains(back_end->name)) continue;
    manifest.tuning[back_end->name] = back_end->foreign->tuning;
    if (const std::string version = subjects::ask_version(*back_end); !version.empty()) {
      manifest.versions[back_end->name] = version;
    }
  }
  manifest.experiment_file = run.chosen.file;
  manifest.experiment_text = run.chosen.text;
  manifest.experiment_hash = measure::content_hash_of(manifest.experiment_text);
  manifest.seed = spec.seed;
  manifest.blocks = spec.blocks;
  manifest.precision = spec.precision;
  manifest.budget_s = spec.budget_s;
  manifest.one_by_one = spec.one_by_one;
  manifest.arguments = run.options.arguments;
  if (!manifest.arguments.empty()) manifest.arguments.front() = "bakeoff";
  manifest.started_at = measure::utc_now();
  manifest.subject_cpus = run.cpus.subject;
  manifest.load_cpus = run.cpus.load;
  manifest.machine = measure::read_machine_facts();
  if (run.cpus.shared) manifest.could_not_set.push_back("a CPU of its own for the load: only one is allowed");
  if (!measure::Cgroup::create(fmt::format("bakeoff-{}-trial", ::getpid())).present()) {
    manifest.could_not_set.push_back("a cgroup for each trial: CPU time is read from schedstat");
  }
  return manifest;
}

/// The manifest of the run that began, brought up to date. Throws UsageError for a run that this one cannot continue.
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

/// Throws UsageError if the folder holds a result already, or a file that the run would overwrite.
fs::path new_folder(const PlannedRun& run) {
  if (run.options.out.empty()) return fresh_folder(run.chosen.spec.name);
  refuse_to_overwrite(run.options.out, run.chosen.text);
  return run.options.out;
}

/// Only one program may write there, and a folder that cannot be written is found before any trial starts.
journal::JournalWriter open_journal(const fs::path& folder) try {
  return journal::JournalWriter(folder);
} catch (const std::runtime_error& error) {
  throw UsageError(std::string("results: ") + error.what());
}

}  // namespace

OpenedRun open_run(PlannedRun planned) {
  const std::optional<ResumedRun>& resumed = planned.chosen.resumed;
  // The folder's name comes first: foreign servers are asked for their versions only when there is one.
  const fs::path folder = resumed ? resumed->folder : new_folder(planned);
  journal::Manifest manifest = new_manifest(planned);
  if (resumed) manifest = resumed_manifest(*resumed, manifest);
  journal::JournalWriter journal = open_journal(folder);
  std::vector<journal::Trial> rows;
  if (resumed) {
    for (const std::string& note : journal.notes()) fmt::print(stderr, "bakeoff: {}\n", note);
    rows = journal::read_journal(folder, manifest.experiment).trials;
  }
  return {std::move(planned), folder, std::move(manifest), std::move(journal), std::move(rows)};
}

}  // namespace bakeoff::commands
