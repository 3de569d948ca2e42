// A foreign server as plain data: how it is started, sized, asked whether it is ready, and stopped, by its manifest
// (subject.toml; reference/README.md).
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/subjects/needed_program.h"
#include "workloads/back_end.h"

namespace bakeoff::subjects {

/// A file of the manifest's folder that is written into the server's folder, its placeholders filled in. It was read
/// when the manifest was: what was checked then is what is written.
struct FileTemplate {
  std::filesystem::path from;  ///< For messages.
  std::string to;              ///< Below the server's folder.
  std::string text;
};

/// A number that the manifest names, made from the trial's: how many of them there are, divided by `per` (rounded up),
/// times `times`, plus `plus`, but at least `least` and at most `most`.
struct SizeRule {
  std::string of;  ///< connections, active (those of the load alone), units or cpus.
  std::uint64_t per = 1, times = 1, plus = 0, least = 0, most = UINT64_MAX;
};

/// A command of a build; the other is tried where the first fails.
struct BuildStep {
  std::vector<std::string> run, otherwise{};
};

/// How a program is made from files of the manifest's folder (foreign_build.h).
struct BuildRecipe {
  std::vector<FileTemplate> inputs;  ///< As they are: nothing is filled in.
  std::vector<BuildStep> steps;
  std::vector<std::string> results;  ///< Files below the folder of the results that have to be there then.
  std::chrono::seconds limit{180};   ///< For all steps together.
};

/// A command that sets a server up in its folder, before it is started. Both have placeholders.
struct SetupStep {
  std::vector<std::string> run;
  std::string input{};  ///< What it reads from its standard input.
};

struct ForeignServer {
  std::filesystem::path manifest;  ///< The file.
  std::string like;                ///< The model that makes the same choice.
  std::vector<NeededProgram> needs;
  std::optional<BuildRecipe> build{};
  std::filesystem::path built{};     ///< The folder of the build's results, once they are there.
  std::vector<std::string> version;  ///< Command that says which version it is; may be empty.
  /// argv, with placeholders; no shell. A word with a setting that has no value is left out.
  std::vector<std::string> start;
  std::vector<std::string> run;     ///< The same for a job, or of a probe; empty where it runs none.
  std::vector<std::string> jobs;    ///< Those that it runs.
  std::vector<std::string> work{};  ///< The same as `start` for workers of a queue; empty where it has none.
  std::vector<SetupStep> setup{};
  /// How it is asked as a back end; none where it cannot be one.
  std::optional<workloads::BackEndProtocol> back_end{};
  bool says_ready = false;  ///< It prints the ready line of PROTOCOLS.md; otherwise it is asked until it answers.
  std::vector<FileTemplate> files;
  std::vector<std::string> folders;  ///< Made in the server's folder.
  std::map<std::string, SizeRule> sizes;
  /// Workload -> the requests of it that are answered (ClientSettings::request); "*" is every one.
  std::map<std::string, std::vector<std::string>> serves;
  /// Setting -> the workloads with which it may have another value than its default; not there: with all.
  std::map<std::string, std::vector<std::string>> settings_with;
  std::vector<std::string> tuning;           ///< What was set and why, a sentence each.
  std::vector<std::string> out_of_memory{};  ///< Words of what it prints when its heap is full (full_heap.h).
  std::string differs;                       ///< What it does per request that its twin does not.
  std::string jobs_differ{};                 ///< What it does in a job that its twin does not.
  int stop_signal = SIGTERM;
  std::chrono::milliseconds grace{5000};  ///< From the signal to SIGKILL.
  std::chrono::milliseconds ready{10000};
  double warmup_s = 0;                        ///< The least warm-up of its trials, where its length is fixed.
  double warmup_limit_s = 0;                  ///< The most, where it lasts until the cost is steady; 0: it is fixed.
  std::optional<std::uint64_t> memory_mib{};  ///< The most that all its processes may have together.
};

/// The first of its commands that there is, by which its program is found: of serving, jobs, workers.
inline const std::vector<std::string>& first_command(const ForeignServer& foreign) {
  if (!foreign.start.empty()) return foreign.start;
  return foreign.run.empty() ? foreign.work : foreign.run;
}

/// Stands in ForeignServer::serves for every request for files alone.
inline constexpr std::string_view kFilesRequest = "/file/{k}";

/// The same for every request that has the server call its back end.
inline constexpr std::string_view kCallsRequest = "/call/{k}";

/// The placeholder of the folder with the build's results, and its name within the steps of the build.
inline constexpr const char* kBuiltPlaceholder = "built";
inline constexpr const char* kOutPlaceholder = "out";

/// Behind the name of a needed program, the placeholder of its version.
inline constexpr const char* kVersionSuffix = "_version";

/// Placeholder -> value: the paths of the needed programs that were found, their versions where they were asked, and
/// the folder of the build's results.
std::map<std::string, std::string> paths_of(const ForeignServer& foreign);

}  // namespace bakeoff::subjects
