// What about a profile would have to change for another decision. Each answer is from measured points around the
// profile: a decision is turned at a point where no candidate of the choice is chosen any more. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/decide/phases.h"
#include "harness/decide/traffic.h"
#include "harness/decide/verdict.h"

namespace bakeoff::decide {

enum class Effect : std::uint8_t {
  same,      ///< The choice stays, or others join it.
  narrower,  ///< Some of the choice are chosen there and others not.
  turned,    ///< None of the choice is chosen there.
  unknown,   ///< Nobody's limits were decided there.
};

/// One measured point.
struct VariedPoint {
  std::string value;  ///< "1.25 ms"
  double factor = 1;
  Effect effect = Effect::unknown;
  std::vector<std::string> choice{};  ///< There.
  std::string words{};  ///< What is so there: "event-loop is chosen; event-loops costs 1.20 [1.1, 1.3] of it".
};

/// All points of one thing about the profile.
struct Sensitivity {
  std::string subject;  ///< "the wait"
  std::string here;     ///< Its value in the profile.
  std::vector<VariedPoint> points;
  bool together = true;  ///< The comparisons of each point hold together; otherwise each for itself.
};

/// Of the sensitivity phase. `decided` is the verdict over the profile itself.
std::vector<Sensitivity> sensitivities(std::span<const journal::Trial> rows, const Phase& phase, const Verdict& decided,
                                       const Profile& profile);

/// Higher rates, from the traffic phase; nullopt where none was measured.
std::optional<Sensitivity> sensitivity_to_rate(std::span<const journal::Trial> rows, const Phase& traffic,
                                               const Verdict& decided, const Profile& profile);

/// Less memory, from what the candidates need in the profile itself: nothing else has to be measured. nullopt where
/// the choice has no measured memory.
std::optional<Sensitivity> sensitivity_to_memory(const Verdict& decided);

/// "the wait: turned at 1.25 ms: ...", "the connections: not turned from 500 to 8000".
std::string in_words(const Sensitivity& of);

}  // namespace bakeoff::decide
