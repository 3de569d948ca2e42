// How the writers of a single row mark what may not be believed: a void figure is struck out, and below stands once for
// each reason what it voids and what can be done. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/trial.h"

namespace bakeoff::report {

/// The figure as it stands in a line that is not laid out any more: "~5.5 us~", or with the escape for struck-out text.
std::string struck_out(std::string_view figure, bool colour);

/// The same where `metric` of the row is void ("" is void only with everything); otherwise the figure as it is.
std::string figure_text(const journal::Trial& row, std::string_view metric, std::string_view figure, bool colour);

/// "throughput and latency: noisy. Other programs ...": a line for each reason.
std::vector<std::string> void_lines(const journal::Trial& row);

/// "a, b and c"
std::string listed(const std::vector<std::string>& parts);

}  // namespace bakeoff::report
