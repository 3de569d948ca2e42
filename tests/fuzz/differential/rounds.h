// How long the comparisons with other programs go on.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

namespace bakeoff::fuzz::differential {

/// What BAKEOFF_DIFFERENTIAL_ROUNDS says, for long runs by hand; else `usual`.
inline std::uint64_t rounds_asked_for(std::uint64_t usual) {
  const char* const asked = std::getenv("BAKEOFF_DIFFERENTIAL_ROUNDS");
  return asked == nullptr ? usual : std::stoull(asked);
}

}  // namespace bakeoff::fuzz::differential
