// What each of several event-driven servers counts, and what they decide by it together. Between threads, or between
// processes when the tallies lie in shared memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "models/limits.h"
#include "models/model.h"

namespace bakeoff::models {

/// Written by one server, read by all.
struct ServerTally {
  std::atomic<std::uint64_t> connections{0};  ///< Accepted,
  std::atomic<std::uint64_t> live{0};         ///< and not yet ended.
  std::atomic<std::uint64_t> accept_pauses{0};
  std::atomic<int> accept_error{0};  ///< The errno of the last pause.
};

/// Whether a server has more than one connection and an eighth above the mean of all. It leaves a listener that they
/// share to the others then: the first to wake would get nearly all connections otherwise.
inline bool has_more_than_its_share(const ServerTally& own, std::span<const ServerTally> all) {
  std::uint64_t live = 0;
  for (const ServerTally& tally : all) live += tally.live;
  return 8 * all.size() * own.live > 9 * live + 8 * all.size();
}

/// Adds the connections and pauses of all servers to the receipt.
inline void add_tallies(ModelReceipt& receipt, std::span<const ServerTally> tallies) {
  for (const ServerTally& tally : tallies) {
    receipt.connections += tally.connections;
    receipt.pauses.add(tally.accept_pauses, Resource::descriptor, tally.accept_error);
  }
}

}  // namespace bakeoff::models
