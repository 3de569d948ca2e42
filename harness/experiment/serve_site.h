// Where a subject is started for serving, and what it finds there.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

namespace bakeoff::experiment {

struct ServeSite {
  std::filesystem::path folder;                 ///< The trial's private one.
  std::vector<std::filesystem::path> join{};    ///< Its cgroups (Command::join).
  std::uint16_t port = 0;                       ///< 0: any free one.
  std::function<void(pid_t leader)> started{};  ///< Given a foreign server's process as soon as there is one.
  std::filesystem::path files{};                ///< The root of the files that it serves; "" where it serves none.
};

}  // namespace bakeoff::experiment
