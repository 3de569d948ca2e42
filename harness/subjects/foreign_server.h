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

struct ForeignServer {
  std::filesystem::path manifest;  ///< The file.
  std::string like;                ///< The model that makes the same choice.
  std::vector<NeededProgram> needs;
  std::vector<std::string> version;  ///< Command that says which version it is; may be empty.
  std::vector<std::string> start;    ///< argv, with placeholders; no shell.
  std::vector<FileTemplate> files;
  std::vector<std::string> folders;  ///< Made in the server's folder.
  std::map<std::string, SizeRule> sizes;
  /// Workload -> the requests of it that are answered (ClientSettings::request); "*" is every one.
  std::map<std::string, std::vector<std::string>> serves;
  std::vector<std::string> tuning;  ///< What was set and why, a sentence each.
  std::string differs;              ///< What it does per request that its twin does not.
  int stop_signal = SIGTERM;
  std::chrono::milliseconds grace{5000};  ///< From the signal to SIGKILL.
  std::chrono::milliseconds ready{10000};
  double warmup_s = 0;                        ///< The least warm-up of its trials.
  std::optional<std::uint64_t> memory_mib{};  ///< The most that all its processes may have together.
};

}  // namespace bakeoff::subjects
