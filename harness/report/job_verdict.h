// What the answers of a job say, in words that fit: a job that shows a fault on purpose is not wrong when it shows it.
// Pure.
#pragma once

#include <span>
#include <string>

#include "harness/journal/trial.h"

namespace bakeoff::report {

/// Of runs of one job with one setting, at least one of which has an answer:
///   "right"
///   "lost 41.9 %"           of increments that some disciplines may lose: the median of the runs
///   "lost some in 2 of 5"   where the other runs lost none
///   "nothing lost"          also of a race that went well: it is not right for that
///   "deadlock reproduced", "deadlock reproduced in 3 of 5", "no deadlock"
///   "WRONG", "WRONG in 2 of 5"   an answer that the job does not allow, whatever it is to show
std::string job_verdict(std::span<const journal::Trial* const> runs);

}  // namespace bakeoff::report
