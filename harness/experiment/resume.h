// Going on with a run that was cut off: only the same experiment, with the same programs on the same machine, or the
// rows of one table would not be of one thing. Pure.
#pragma once

#include <span>
#include <string>

#include "harness/experiment/runner.h"
#include "harness/journal/manifest.h"
#include "harness/journal/trial.h"

namespace bakeoff {

/// What has changed between the run that began and the one that would go on with it, in one line with both values;
/// "" when nothing has. The number of blocks, precision and budget may change: they say how long, not what.
std::string what_changed(const Manifest& began, const Manifest& now);

/// Which trials the rows of a folder are of.
RanBefore ran_before(std::span<const Trial> rows);

}  // namespace bakeoff
