// Parts of a load made one: a thread's result with another's, an agent's with another's. Both merge in the same way.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <utility>

#include "harness/load/plan.h"

namespace bakeoff::load {

/// Adds `part` to `whole`, except the text of its ledger. Counts and histograms add up; generators are listed; of two
/// windows the longer counts. A default AgentResult is the neutral element.
void merge(AgentResult& whole, const AgentResult& part);

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

/// Makes the figures that do not add up out of those that do: rates, percentiles, Jain's index, mean outstanding, the
/// share of what was waited for by ourselves, which is told in the events too. Once, when all parts are in.
void finish(AgentResult& whole, bool open_loop);

}  // namespace bakeoff::load
