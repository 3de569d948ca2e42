#include "harness/commands/decide_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "harness/commands/commands.h"
#include "harness/commands/output_file.h"
#include "harness/commands/result_folders.h"
#include "harness/commands/run_setup.h"
#include "harness/decide/work_rounds.h"
#include "harness/input/input_error.h"
#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/measure/hash.h"
#include "harness/measure/text_file.h"
#include "harness/report/report_info.h"
#include "harness/subjects/install_paths.h"

namespace bakeoff::commands {
namespace {

namespace fs = std::filesystem;

std::string without_rounds(decide::Profile profile) {
  profile.rounds_per_ms.reset();
  return decide::to_toml(profile);
}

/// nullopt where the folder has none that can be read.
std::optional<decide::Profile> profile_in(const fs::path& folder) try {
  const fs::path file = folder / kProfileFile;
  const auto text = measure::read_text(file);
  if (!text) return std::nullopt;
  return decide::read_profile(decide::words_of_toml(*text, file.string()));
} catch (const input::InputError&) {
  return std::nullopt;
}

bool is_same(const decide::Profile& wanted, const decide::Profile& found) {
  const bool rounds = !wanted.rounds_per_ms || wanted.rounds_per_ms == found.rounds_per_ms;
  return rounds && without_rounds(wanted) == without_rounds(found);
}

/// Whether this build has measured every phase that is there. A folder that cannot be read is not of this build.
bool is_of_this_build(const fs::path& folder) try {
  std::error_code missing;
  for (const auto& phase : fs::directory_iterator(folder, missing)) {
    if (!holds_a_run(phase.path())) continue;
    const journal::Manifest manifest = journal::read_manifest(phase.path());
    if (manifest.subject_hash != measure::content_hash(subjects::subject_program()) ||
        manifest.harness_hash != measure::content_hash("/proc/self/exe")) {
      return false;
    }
  }
  return true;
} catch (const std::runtime_error&) {
  return false;
}

fs::path newest_of(const decide::Profile& profile, const std::string& kind) {
  std::vector<fs::path> found;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(results_root() / (kind + "-" + profile.name), missing)) {
    const auto there = profile_in(entry.path());
    if (there && is_same(profile, *there) && is_of_this_build(entry.path())) found.push_back(entry.path());
  }
  return found.empty() ? fs::path() : *std::ranges::max_element(found);
}

fs::path folder_for(const decide::Profile& profile, const fs::path& out, FolderChoice choice, const std::string& kind) {
  const bool fresh = choice == FolderChoice::fresh;
  if (out.empty()) {
    fs::path newest = fresh ? fs::path() : newest_of(profile, kind);
    if (choice == FolderChoice::unfinished && is_complete(newest / decide::kAskedPhase)) newest.clear();
    return newest.empty() ? fresh_folder(kind + "-" + profile.name) : newest;
  }
  std::error_code error;
  if (!fs::exists(out, error) || fs::is_empty(out, error)) return out;
  const auto there = profile_in(out);
  if (!there) {
    throw UsageError(
        fmt::format("--out: \"{}\" has no {} that can be read; expected a new or empty folder, or one of "
                    "this profile",
                    out.string(), kProfileFile));
  }
  if (fresh || !is_same(profile, *there)) {
    throw UsageError(fmt::format("--out: \"{}\" holds measurements of {}; expected a new or empty folder{}",
                                 out.string(), fresh ? "this profile already" : "another profile",
                                 fresh ? " beside --again" : ""));
  }
  return out;
}

std::string experiment_in(const fs::path& results) {
  return measure::read_text(results / kExperimentFile).value_or("");
}

}  // namespace

bool is_complete(const fs::path& results) {
  if (!ran_to_its_end(results)) return false;
  const journal::Manifest manifest = journal::read_manifest(results);
  // The first look at a phase has fewer blocks than its experiment asks for.
  const std::string asked = fmt::format("\nblocks = {}\n", manifest.blocks);
  return manifest.experiment_text.find(asked) != std::string::npos;
}

DecideFolder open_decide_folder(const decide::Profile& profile, const fs::path& out, FolderChoice choice,
                                const std::string& kind) {
  DecideFolder folder{.path = folder_for(profile, out, choice, kind), .profile = profile};
  if (const auto there = profile_in(folder.path)) {
    folder.goes_on = true;
    folder.profile = *there;
    return folder;
  }
  const bool works = decide::class_of(profile.mix, decide::RequestKind::work) != nullptr;
  if (works && !profile.rounds_per_ms) folder.profile.rounds_per_ms = decide::measure_rounds_per_ms();
  std::error_code error;
  fs::create_directories(folder.path, error);
  if (error) throw UsageError(fmt::format("--out: \"{}\": {}", folder.path.string(), error.message()));
  write_file(folder.path / kProfileFile, decide::to_toml(folder.profile));
  return folder;
}

MeasuredPhase measure_phase(const DecideFolder& folder, const decide::Phase& phase, std::uint64_t blocks,
                            std::uint64_t cpus, const std::vector<std::string>& arguments) {
  const fs::path results = folder.path / phase.name;
  MeasuredPhase measured{.status = kDone, .rows = {}};
  if (!is_complete(results)) {
    fs::create_directories(results);
    const fs::path file = results / kExperimentFile;
    if (!has_rows(folder, phase)) write_file(file, phase.experiment);
    if (experiment_in(results) != phase.experiment) {
      throw UsageError(
          fmt::format("\"{}\" was begun with another plan and cannot be continued; expected --again, or "
                      "another folder with --out",
                      results.string()));
    }
    measured.ran = true;
    RunOptions options;
    options.experiment = file.string();
    options.out = results;
    options.blocks = blocks;
    options.resume = holds_a_run(results);
    // In slices of 100 ms a load that is too much does not pile up, and looks as if it were kept.
    options.one_by_one = folder.profile.is_open();
    options.quiet = true;
    options.arguments = arguments;
    PlannedRun planned = plan_run(options);
    if (cpus != 0 && cpus < planned.cpus.subject.size()) planned.cpus.subject.resize(cpus);
    measured.status = carry_out(std::move(planned));
  }
  if (holds_a_run(results)) measured.rows = journal::read_journal(results).trials;
  return measured;
}

bool has_rows(const DecideFolder& folder, const decide::Phase& phase) {
  const fs::path results = folder.path / phase.name;
  return holds_a_run(results) && !journal::read_journal(results).trials.empty();
}

std::optional<PhaseFacts> facts_of_phase(const DecideFolder& folder, const std::string& phase) {
  if (!holds_a_run(folder.path / phase)) return std::nullopt;
  const journal::Manifest manifest = journal::read_manifest(folder.path / phase);
  return PhaseFacts{.machine = report::machine_in_words(manifest.machine),
                    .build = fmt::format("bakeoff {} ({}{})", manifest.bakeoff_version, manifest.commit,
                                         manifest.dirty.value_or(false) ? ", changed" : ""),
                    .date = manifest.started_at.substr(0, manifest.started_at.find('T')),
                    .cpus = manifest.subject_cpus.size()};
}

}  // namespace bakeoff::commands
