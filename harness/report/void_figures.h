// How the writers of a single row mark what may not be believed. A void figure is struck out. Below, each reason has
// one line, with what it voids and what can be done. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/trial.h"

namespace bakeoff::report {

/// The figure, struck out where `metric` of the row is void ("" is void only with everything).
std::string figure_text(const journal::Trial& row, std::string_view metric, std::string_view figure, bool colour);

/// "throughput and latency: noisy. Other programs ...": a line for each reason.
std::vector<std::string> void_lines(const journal::Trial& row);

}  // namespace bakeoff::report
