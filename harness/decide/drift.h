// What the machine itself did between two phases: the profile as it is, measured again with one candidate in each later
// phase. What differs there differs without any change of the profile. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/decide/phases.h"
#include "harness/decide/verdict.h"

namespace bakeoff::decide {

struct Drift {
  std::string phase, subject;
  Estimate before, after;  ///< CPU time per request in us: in the asked phase, and in this one.
};

/// nullopt where the phase has not measured its control. `decided` is the verdict over the profile itself.
std::optional<Drift> drift_of(std::span<const journal::Trial> rows, const Phase& phase, const Verdict& decided,
                              const Profile& profile);

/// "In sensitivity the profile itself, measured again with threads, took 141 [132, 150] us of CPU time per request,
/// after 140 [132, 165] us in asked."
std::string in_words(const Drift& drift);

}  // namespace bakeoff::decide
