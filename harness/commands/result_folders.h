// Where results lie: ./bakeoff-results/EXPERIMENT/<UTC time>-<host>/ of the current folder, unless --out says
// otherwise.
#pragma once

#include <filesystem>
#include <string>

namespace bakeoff::commands {

/// The experiment that a run was made with, and its report, in the folder of its results.
inline constexpr const char* kExperimentFile = "experiment.toml";
inline constexpr const char* kReportFile = "report.md";

/// ./bakeoff-results. Nothing is ever written beside the program or into its source tree.
std::filesystem::path results_root();

/// The folder for a run of this experiment that begins now. It does not exist yet.
std::filesystem::path fresh_folder(const std::string& experiment);

/// Whether a run has written rows and a manifest there.
bool holds_a_run(const std::filesystem::path& folder);

/// Whether every table of the run there has all the blocks that it was to have.
bool ran_to_its_end(const std::filesystem::path& folder);

/// The newest run of one experiment, by the names of the folders; "" when there is none.
std::filesystem::path newest_run_of(const std::string& experiment);

/// The newest run of all experiments, for `--last`. Throws UsageError when there is none.
std::filesystem::path last_run();

/// Throws UsageError if a new run in the folder `out` would overwrite something: a result, or a file of the user's that
/// has the name of one of a run's files.
void refuse_to_overwrite(const std::filesystem::path& out, const std::string& experiment_text);

}  // namespace bakeoff::commands
