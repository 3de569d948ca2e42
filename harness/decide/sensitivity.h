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

/// A candidate of the choice that is not chosen at a point, and why.
struct Dropped {
  std::string subject;
  std::string why;  ///< "1.20 [1.1, 1.3] times the CPU time per request of loop"
};

/// One measured point.
struct VariedPoint {
  std::string value;  ///< "1.25 ms"
  double factor = 1;
  Effect effect = Effect::unknown;
  std::vector<std::string> choice{};  ///< There; empty where nobody keeps the limits.
  std::vector<Dropped> dropped{};     ///< Of the choice; none where nobody is chosen.
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

/// Limits below those of the profile, from what the candidates have in the profile itself: nothing else has to be
/// measured. nullopt where nothing valid is known of the choice.
std::optional<Sensitivity> sensitivity_to_memory(const Verdict& decided);
std::optional<Sensitivity> sensitivity_to_latency(const Verdict& decided, const load::Slo& slo);

/// Whether a candidate is chosen at each of these points at which anybody is.
bool is_chosen_everywhere(const std::vector<Sensitivity>& around, const std::string& subject);

/// "the wait: turned at 1.25 ms: ...", "the connections: not turned from 500 to 8000".
std::string in_words(const Sensitivity& of);

}  // namespace bakeoff::decide
