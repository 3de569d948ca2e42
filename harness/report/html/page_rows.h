// The rows that a page carries. Pure.
#pragma once

#include <string>
#include <string_view>

namespace bakeoff::report::html {

/// Of rows as they are in trials.jsonl, all but the series that are most of their bytes: the slices of the window, and
/// those of warm-ups. A line that is no JSON stays as it is.
std::string without_slices(std::string_view rows);

}  // namespace bakeoff::report::html
