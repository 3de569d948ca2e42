// Which figures of a row a table shows, and how each is taken from it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/journal/trial.h"

namespace bakeoff::report {

struct Figure {
  std::string key;     ///< Column::key.
  std::string title;   ///< With the unit.
  std::string unit;    ///< Column::unit.
  std::string metric;  ///< Whose validity it shares (validity.h); "" is void only with everything.
  bool more_is_better = false;
  bool whole = false;              ///< A count: shown without decimals.
  bool spare = false;              ///< Column::spare.
  bool yes_or_no = false;          ///< 1 is shown as "yes", 0 as "no"; neither is the better one.
  bool neither_is_better = false;  ///< No value of it is marked as the best.
  std::function<std::optional<double>(const journal::Trial&)> extract{};
  /// The same of one slice of the trial; empty for a figure that slices do not have.
  std::function<std::optional<double>(const journal::Trial&, const journal::SliceFacts&)> extract_slice{};
};

/// The leading figure comes first: it has the ratio to the baseline and the letters.
const std::vector<Figure>& server_figures();

/// The same for these rows. Where their load has several classes of requests, the percentiles of each class stand in
/// place of their common ones, which would hide them.
std::vector<Figure> server_figures(std::span<const journal::Trial* const> trials);

/// For jobs or probes: the figures that their rows name, in the order of the first row that has them. Jobs also have
/// those that all have (time, CPU, switches, units), but for those that they name themselves in some unit.
std::vector<Figure> job_figures(std::span<const journal::Trial* const> trials);

}  // namespace bakeoff::report
