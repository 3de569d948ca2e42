// Where a subject is started for serving, and what it finds there.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/subjects/served_with.h"

namespace bakeoff::experiment {

struct ServeSite {
  std::filesystem::path folder;                 ///< The trial's private one.
  std::vector<std::filesystem::path> join{};    ///< Its cgroups (Command::join).
  std::uint16_t port = 0;                       ///< 0: any free one.
  std::function<void(pid_t leader)> started{};  ///< Given a foreign server's process as soon as there is one.
  subjects::ServedWith with{};                  ///< What its requests need.
  /// Given a foreign server's port again and again until it returns "", which means ready. Where there is none, the
  /// workload's own requests are asked.
  std::function<std::string(std::uint16_t port)> ask{};
};

}  // namespace bakeoff::experiment
