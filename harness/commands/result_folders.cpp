#include "harness/commands/result_folders.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <system_error>

#include "harness/commands/commands.h"
#include "harness/journal/manifest.h"
#include "harness/journal/writer.h"
#include "harness/measure/text_file.h"
#include "harness/measure/utc_time.h"

namespace bakeoff::commands {
namespace {

namespace fs = std::filesystem;

/// Folders are named by the time at which they began, so that the last name is the newest.
fs::path newer(const fs::path& one, const fs::path& other) {
  return one.filename() < other.filename() ? other : one;
}

/// Made by a run that was cut off before its first row.
bool is_run_without_rows(const fs::path& folder) try {
  std::error_code missing;
  if (const auto rows = fs::file_size(folder / journal::kTrialsFile, missing); missing || rows != 0) return false;
  journal::read_manifest(folder);
  return true;
} catch (const std::runtime_error&) {
  return false;
}

}  // namespace

fs::path results_root() {
  return fs::path("bakeoff-results");
}

fs::path fresh_folder(const std::string& experiment) {
  char host[256] = "host";
  ::gethostname(host, sizeof host - 1);
  std::string time = measure::utc_now();
  std::erase(time, ':');  // Some file systems do not take colons in a name.
  const std::string name = time + "-" + host;
  fs::path folder = results_root() / experiment / name;
  // Another run of this second.
  std::error_code error;
  for (int more = 2; fs::exists(folder, error); ++more) {
    folder.replace_filename(fmt::format("{}-{}", name, more));
  }
  return folder;
}

bool holds_a_run(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / journal::kTrialsFile, error) && fs::exists(folder / journal::kManifestFile, error);
}

bool ran_to_its_end(const fs::path& folder) {
  if (!holds_a_run(folder)) return false;
  const journal::Manifest manifest = journal::read_manifest(folder);
  return manifest.ended && manifest.ended->failure.empty() && !manifest.ended->tables.empty() &&
         std::ranges::all_of(manifest.ended->tables,
                             [&](const journal::TableEndFacts& table) { return table.blocks >= manifest.blocks; });
}

fs::path newest_run_of(const std::string& experiment) {
  fs::path newest;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(results_root() / experiment, missing)) {
    if (holds_a_run(entry.path())) newest = newer(newest, entry.path());
  }
  return newest;
}

fs::path last_run() {
  fs::path newest;
  std::error_code missing;
  for (const auto& experiment : fs::directory_iterator(results_root(), missing)) {
    newest = newer(newest, newest_run_of(experiment.path().filename()));
  }
  if (newest.empty()) {
    throw UsageError(fmt::format("--last: found no run in {}; expected one that bakeoff run has left there",
                                 fs::absolute(results_root()).string()));
  }
  return newest;
}

void refuse_to_overwrite(const fs::path& out, const std::string& experiment_text) {
  if (is_run_without_rows(out)) return;
  std::error_code missing;
  if (const auto size = fs::file_size(out / journal::kTrialsFile, missing); !missing && size > 0) {
    throw UsageError("--out: \"" + out.string() +
                     "\" holds a result already; expected a new or empty folder, or --resume to go on with it");
  }
  constexpr std::array kWritten{journal::kManifestFile, journal::kHistogramsFile, kExperimentFile, kReportFile};
  for (const char* name : kWritten) {
    const auto size = fs::file_size(out / name, missing);
    if (missing || size == 0) continue;
    // An experiment may be run where it lies.
    if (size == experiment_text.size() && measure::read_text(out / name) == experiment_text) continue;
    throw UsageError(fmt::format("--out: \"{}\" has a {} that the run would overwrite; expected a new or empty folder",
                                 out.string(), name));
  }
}

}  // namespace bakeoff::commands
