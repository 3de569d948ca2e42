// Whether the times that a program reports of itself can be true: a program whose clock counts microseconds or ticks,
// and that calls them nanoseconds, is out by a factor of a thousand or more. Pure.
#pragma once

#include <string>

#include "harness/journal/trial.h"

namespace bakeoff::validity {

/// What cannot be, in one line; "" where the times can be true:
/// - a job that took longer than its program lived (by the harness's clock), or less time than its work takes on the
///   fastest of CPUs, or less than 1/500 of a life of many seconds;
/// - a receipt in which requests waited for a connection to their back end for ten times longer, together, than they
///   took.
std::string why_clock_is_wrong(const journal::Trial& trial);

}  // namespace bakeoff::validity
