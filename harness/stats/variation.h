// How much a ratio varies within the blocks of a comparison, and between them. Within a block two processes meet again
// and again, and what varies is the machine. Between blocks the processes are others, so that what a fresh process has
// for life (its layout, its place in the caches) is added. More slices make the first smaller, only more blocks the
// second. Pure.
#pragma once

#include <optional>

#include "harness/stats/summary.h"

namespace bakeoff::stats {

/// Standard deviations of log ratios, robust ones: those that normal data with this median distance would have.
struct RatioVariation {
  double within = 0;   ///< Of the rounds of a block, from the distances of every two of them, over all blocks.
  double between = 0;  ///< Of the blocks' medians.
};

/// nullopt with fewer than two blocks in which both have two rounds.
std::optional<RatioVariation> ratio_variation(const Series& subject, const Series& baseline);

}  // namespace bakeoff::stats
