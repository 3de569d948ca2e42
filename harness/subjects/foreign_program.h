// How every program that is not ours is started: a server, or the command that says its version. It runs in a folder of
// its own, as the user nobody if the harness is root, with a short environment and limits on what it may do.
//
// Its folder lies in the trial's private folder, which only the harness may write to. So what the harness keeps there,
// the program's output included, cannot be replaced by a link, a pipe or a device.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/subjects/process.h"
#include "harness/subjects/server.h"

namespace bakeoff::subjects {

/// The most bytes that a server may write into one file.
inline constexpr std::uint64_t kMostFileBytes = std::uint64_t{1} << 30;

/// Makes the program's folder below the trial's private one, for the harness to fill. Throws std::system_error.
std::filesystem::path make_foreign_home(const std::filesystem::path& folder);

/// The same folder, once it is made.
std::filesystem::path foreign_home(const std::filesystem::path& folder);

/// How it is started there: by the absolute path of its program, with its output in a file of `folder`. Gives the
/// folder that was made and everything in it to the user that the program runs as. The caller sets CPUs and cgroups.
/// Throws std::system_error.
Command foreign_command(std::vector<std::string> argv, const std::filesystem::path& folder);

/// Throws SubjectError, not_run, where the user that the command runs as cannot reach the trial's private folder.
void require_reachable(const Command& command, const std::filesystem::path& folder);

/// Why the command's program could not be executed, as its row says it.
SubjectError not_executed(const Command& command, const CannotExecute& error);

/// The user that it runs as: nobody where the harness is root, otherwise the harness's own.
Identity foreign_identity();

/// "NAME=VALUE" each. From the caller's environment it takes only where programs are.
std::vector<std::string> foreign_environment(const std::filesystem::path& home);

}  // namespace bakeoff::subjects
