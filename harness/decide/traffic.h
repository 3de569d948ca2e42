// How much more traffic each candidate takes before it misses a limit. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/decide/phases.h"
#include "harness/decide/verdict.h"

namespace bakeoff::decide {

/// A candidate at one rate.
struct RateStep {
  double rate_rps = 0;
  double factor = 1;  ///< Of the profile's rate.
  Answer keeps = Answer::unknown;
  std::string broke{};                ///< What it missed there: the limits in words, and how busy it was.
  std::vector<std::string> trials{};  ///< The trial_id of each row.
};

struct Headroom {
  std::string subject;
  std::vector<RateStep> steps;  ///< By rising rate.
  /// The highest rate at which it keeps the limits, with all lower ones; absent where it does not at the lowest.
  std::optional<RateStep> keeps_at{};
  std::optional<RateStep> first_miss{};  ///< The lowest rate at which it misses one.
  Answer at_twice = Answer::unknown;     ///< At twice the profile's rate.
};

std::vector<Headroom> headroom(std::span<const journal::Trial> rows, const Phase& traffic,
                               const std::vector<std::string>& candidates);

/// "keeps the limits up to 4,000/s (2x); at 6,000/s: p99 35 ms, 1.8 times the limit"
std::string in_words(const Headroom& of);

}  // namespace bakeoff::decide
