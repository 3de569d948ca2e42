// How much memory can still be taken: the smaller of what the machine has to give and what the memory cgroups above
// this process (a container's limit) leave.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace bakeoff::measure {

/// KiB that can be taken at the price of caches only. nullopt if the system does not say.
std::optional<std::uint64_t> available_memory_kib();

/// The same by the files below `root`, for tests.
std::optional<std::uint64_t> available_memory_kib_below(const std::filesystem::path& root);

}  // namespace bakeoff::measure
