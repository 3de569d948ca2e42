// Which figures of a row a table shows, and how each is taken from it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "harness/journal/trial.h"

namespace bakeoff {

struct Figure {
  std::string_view key;     ///< Column::key.
  std::string_view title;   ///< With the unit.
  std::string_view unit;    ///< Column::unit.
  std::string_view metric;  ///< Whose validity it shares (validity.h); "" is void only with everything.
  bool more_is_better = false;
  bool whole = false;  ///< A count: shown without decimals.
  std::optional<double> (*take)(const Trial&) = nullptr;
};

/// The leading figure comes first: it has the ratio to the baseline and the letters.
std::span<const Figure> server_figures();
std::span<const Figure> job_figures();

}  // namespace bakeoff
