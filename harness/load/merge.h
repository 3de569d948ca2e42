// Merges the parts of a load into one result: those of threads, and those of agents, which merge in the same way.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <utility>

#include "harness/load/plan.h"

namespace bakeoff::load {

/// Adds `part` to `whole`, except the text of its ledger. Counts and histograms add up; generators are listed; the
/// longer of two windows counts. A default AgentResult is the neutral element.
void merge(AgentResult& whole, const AgentResult& part);

/// Adds the same window of another thread or agent: the longer of two lengths counts.
void merge(LoadWindow& whole, const LoadWindow& part);

/// Adds a later window of the same load: lengths add up.
void append(LoadWindow& whole, const LoadWindow& next);

/// Adds an interval of another thread or agent with the same index.
void merge(LoadInterval& whole, const LoadInterval& part);

/// Puts the parts' intervals together, in whatever order they come.
class IntervalMerger {
 public:
  explicit IntervalMerger(std::size_t parts) : parts_(parts) {}
  /// The whole interval, once the last part has given its own.
  std::optional<LoadInterval> add(const LoadInterval& part);

 private:
  std::size_t parts_;
  std::map<std::uint64_t, std::pair<std::size_t, LoadInterval>> open_;
};

/// Computes the figures that do not add up from those that do: rates, percentiles, Jain's index, mean outstanding, and
/// the share of time that the generator itself waited.
void compute_figures(AgentResult& whole, bool open_loop);

/// The same, once, when all parts are in: the events report what the generator waited for, too.
void finish(AgentResult& whole, bool open_loop);

}  // namespace bakeoff::load
