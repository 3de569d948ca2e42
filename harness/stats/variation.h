// How much a ratio varies within the blocks of a comparison, and between them. Within a block two processes meet again
// and again, and what varies is the machine. Between blocks the processes are others, so that what a fresh process has
// for life (its layout, its place in the caches) is added. More slices make the first smaller, only more blocks the
// second. Pure.
#pragma once

#include <optional>

#include "harness/stats/summary.h"

namespace bakeoff::stats {

/// Standard deviations of log ratios, as the median absolute deviation of normal data gives them.
struct RatioVariation {
  double within = 0;   ///< Of one round from its block's median: the median over the blocks.
  double between = 0;  ///< Of the blocks' medians.
};

/// nullopt with fewer than two blocks in which both have two rounds.
std::optional<RatioVariation> ratio_variation(const Series& subject, const Series& baseline);

}  // namespace bakeoff::stats
