// Loads whose every request waits for the same time, "/wait/{fixed:10000}", have arithmetic of their own: N connections
// that each wait W for a reply get N / W replies per second at the most. What answers more has not waited.
#pragma once

#include <optional>

#include "harness/journal/load_shape.h"

namespace bakeoff::journal {

/// Microseconds that each request of the load waits; nullopt where they are not all alike, or do not wait.
std::optional<double> fixed_wait_us(const LoadShape& load);

/// Requests per second that the load could have answered at the most, whoever answers: every connection waits for one
/// reply at a time. nullopt for loads that do not wait for a fixed time.
std::optional<double> waiting_ceiling_rps(const LoadShape& load);

/// Whether a trial of this load that runs by itself is measured to its last reply, and not to the end of its window.
/// All connections of a closed load begin at the same moment. Where each request waits for a tenth of the window, the
/// tenth reply comes a little after it, and a window that ends by the clock would count nine.
bool ends_with_last_reply(const LoadShape& load);

}  // namespace bakeoff::journal
