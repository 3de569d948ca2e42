// What a run would do, printed instead of running.
#pragma once

#include <cstddef>
#include <string>

#include "harness/experiment/plan.h"

namespace bakeoff::commands {

/// "4 tables x 8 blocks x 4 subjects: 128 trials, about 2:51, no new block after 3:00 (budget)". Repeated trials come
/// on top.
std::string length_in_words(const experiment::Spec& spec);

/// "45 s", "3 min", "1 h 20 min": as precise as an estimate is.
std::string rough_time(double seconds);

/// The tables with their settings and lengths, then the order of every trial. `format` is terminal or json; lines of
/// the former have at most `width` columns, or any number of them where that is 0.
std::string plan_in_words(const experiment::Plan& plan, const std::string& format, std::size_t width);

}  // namespace bakeoff::commands
