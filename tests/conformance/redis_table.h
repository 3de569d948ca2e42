// Conversations of the counter workload that are held with a real redis-server as well, and must bring the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::conformance {

/// A known and wanted difference to Redis. A test sees to it that it still is one.
struct KnownDifference {
  std::string request;
  std::string_view reason;
};
const std::vector<KnownDifference>& known_differences();

/// Every command with too few, enough, too many and wrong arguments. Each entry is one request on a store prepared by
/// prepare_store().
std::vector<std::string> command_table();

/// Inline commands, quotes and protocol errors, each on a connection of its own. None ends in mid-request.
std::vector<std::string> protocol_table();

/// A long seeded mix of right and wrong commands on a few keys.
std::string random_commands(std::uint64_t seed, int count);

/// FLUSHALL and the keys that the tables work on.
std::string prepare_store();

}  // namespace bakeoff::conformance
