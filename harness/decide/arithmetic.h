// What can be said of a profile before anything is measured. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "harness/decide/profile.h"

namespace bakeoff::decide {

/// What a profile takes by what its requests do alone, whoever serves them.
struct Demand {
  double cpus = 0;              ///< Rate x work; 0 for a load without a rate.
  double connections = 0;       ///< Rate x mean time: as many have a request in flight.
  double least_latency_us = 0;  ///< The figure of the limit; 0 without a limit.
};
Demand demand_of(const Profile& profile);

/// Why nobody can hold the profile, with the arithmetic in one line; "" where somebody might. `cpus` is what the
/// service gets here.
std::string contradiction(const Profile& profile, std::uint64_t cpus);

}  // namespace bakeoff::decide
