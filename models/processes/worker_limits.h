// How many of prefork's workers may be idle, and how many connections each serves: Apache's MinSpareServers,
// MaxSpareServers and MaxConnectionsPerChild, by the names that the catalogue gives them.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "workloads/settings.h"

namespace bakeoff::models::processes {

/// Zeros mean no limit: there are always as many workers as there may be, and none is replaced while it works.
struct WorkerLimits {
  std::uint64_t spare_min, spare_max;  ///< Idle workers.
  std::uint64_t recycle;               ///< Connections that a worker serves before another takes its place.
};

/// Throws std::invalid_argument for settings that contradict each other.
inline WorkerLimits worker_limits(const workloads::Settings& settings) {
  const WorkerLimits limits{settings.number("spare-min"), settings.number("spare-max"), settings.number("recycle")};
  if (limits.spare_max != 0 && (limits.spare_min == 0 || limits.spare_max < limits.spare_min)) {
    throw std::invalid_argument("prefork: spare-max: found " + std::to_string(limits.spare_max) + " with spare-min " +
                                std::to_string(limits.spare_min) + ", expected 0, or a spare-min and at least that");
  }
  return limits;
}

}  // namespace bakeoff::models::processes
