// A program that is not ours, wherever the harness starts one: a server, or the command that says its version. It runs
// in a folder of its own, as nobody where the harness is root, sees a short environment, and is held to what it may do.
//
// Its folder lies in the trial's private folder, which only the harness may write to: what it prints, and whatever else
// the harness keeps there, cannot be replaced by a link, a pipe or a device.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/subjects/process.h"

namespace bakeoff::subjects {

/// Most bytes of a file that a server writes.
inline constexpr std::uint64_t kMostFileBytes = std::uint64_t{1} << 30;

/// Makes its folder below the trial's private one, for the harness to fill. Throws std::system_error.
std::filesystem::path make_foreign_home(const std::filesystem::path& folder);

/// How it is started there: by the whole name of its program, with its output in a file of `folder`. Gives the folder
/// that was made and all that is in it to the user that it runs as. CPUs and cgroups are the caller's to set. Throws
/// std::system_error.
Command foreign_command(std::vector<std::string> argv, const std::filesystem::path& folder);

/// "NAME=VALUE": all that it is told of the caller's environment is where programs are.
std::vector<std::string> foreign_environment(const std::filesystem::path& home);

}  // namespace bakeoff::subjects
