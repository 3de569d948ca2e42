// What can be said of a profile before anything is measured. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "harness/decide/profile.h"

namespace bakeoff::decide {

/// The least time that the limit's share of the requests takes in any model, and the CPUs that their work alone keeps
/// busy.
struct Demand {
  double cpus = 0;              ///< Rate x work; 0 for a load without a rate.
  double least_latency_us = 0;  ///< Of the request at the percentile of the limit; 0 without a percentile.
};
Demand demand_of(const Profile& profile);

/// Why nobody can hold the profile, with the arithmetic in one line; "" where somebody might. `cpus` is what the
/// service gets here.
std::string contradiction(const Profile& profile, std::uint64_t cpus);

}  // namespace bakeoff::decide
