// What the blocks of a table say of a candidate's limits. Each limit is judged in the blocks that say something of it,
// and all of them together block by block, as a load with an SLO is (load/slo.h). Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/decide/profile.h"
#include "harness/report/estimate.h"
#include "harness/report/grid.h"

namespace bakeoff::decide {

// What the blocks say of a figure, in the words of a decision.
using report::Answer;
using report::both;
using report::Estimate;
using report::estimate_of;
using report::in_words;
using report::is_below;
using report::pass_in_the_middle;
using report::scaled;
using report::to_text;

/// The name of the limit that every profile has: requests are answered, and at their rate.
inline constexpr const char* kAnsweredLimit = "answers";

/// A limit of the profile, and how a candidate stands to it.
struct LimitAnswer {
  std::string name;  ///< "p99", "memory", kAnsweredLimit.
  Answer kept = Answer::unknown;
  std::string words{};           ///< "p99 35.4 [33.1, 38.0] ms, 1.77 times the limit"
  std::optional<double> over{};  ///< The figure over the limit, where there is one.
  std::size_t fails = 0;         ///< Blocks that missed it,
  std::size_t blocks = 0;        ///< of so many that say something of it.
};

/// Rate, errors and latency.
struct KeptInBlocks {
  LimitAnswer answered;
  std::optional<LimitAnswer> latency{};  ///< Of a profile with an SLO.
  Answer together = Answer::unknown;     ///< Whether the middle block keeps both.
};

/// The limit of the profile; where it has none, that of a load that is answered at all.
load::Slo limit_of(const Profile& profile);

/// `latency` is the figure of the limit over the blocks.
KeptInBlocks kept_in_blocks(const report::GridRow& row, const Profile& profile, const Estimate& latency);

/// A figure that has to stay below a limit, `unit` being the figure's.
LimitAnswer kept_below(const std::string& name, const Estimate& estimate, double limit, std::string_view unit);

}  // namespace bakeoff::decide
