// Where results lie: ./bakeoff-results/EXPERIMENT/<UTC time>-<host>/ of the current folder, unless --out says
// otherwise.
#pragma once

#include <filesystem>
#include <string>

namespace bakeoff::commands {

/// ./bakeoff-results. Nothing is ever written beside the program or into its source tree.
std::filesystem::path results_root();

/// Of a run of the experiment that begins now; it is not there yet.
std::filesystem::path fresh_folder(const std::string& experiment);

/// Whether a run has written rows and manifest there.
bool holds_a_run(const std::filesystem::path& folder);

/// The newest run of one experiment, by the name of its folder; "" when there is none.
std::filesystem::path newest_run_of(const std::string& experiment);

/// The newest of all experiments, for `--last`. Throws UsageError when there is none.
std::filesystem::path last_run();

/// A folder that the user names as --out for a new run. Throws UsageError when the run would overwrite a file of it:
/// a result, or anything of somebody else's that has the name of one of a run's files.
void refuse_to_overwrite(const std::filesystem::path& out, const std::string& experiment_text);

}  // namespace bakeoff::commands
