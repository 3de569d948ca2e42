// The only list of probes. Adding one is a file, a CMake line and a line in catalogue.cpp.
#pragma once

#include <span>
#include <string_view>

#include "models/probes/probe.h"

namespace bakeoff::models::probes {

struct ProbeEntry {
  std::string_view name;      ///< "switch-pipe".
  std::string_view measures;  ///< "switch": the probes of one table; "lifecycle" for what is shown and not compared.
  std::string_view summary;   ///< One line.
  std::span<const workloads::SettingEntry> settings{};
  std::string_view file;  ///< Where to read it.
  /// Blocks until it is done, some seconds at most. The calling process has one thread and is the probe's own: it may
  /// fork, pin itself, block signals and use memory as it likes, and leaves no child behind.
  /// Throws std::invalid_argument in one line for settings that do not go together, std::exception where it failed.
  ProbeResult (*run)(const workloads::Settings& settings);
  /// Why this system does not have it, "" when it does; null where every system does: "POSIX message queues (a kernel
  /// with CONFIG_POSIX_MQUEUE)".
  std::string_view (*refusal)() = nullptr;
};

std::span<const ProbeEntry> probe_entries();

/// nullptr when there is none of that name.
const ProbeEntry* find_probe(std::string_view name);

}  // namespace bakeoff::models::probes
