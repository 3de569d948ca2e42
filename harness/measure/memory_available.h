// How much memory can still be taken: what the machine has to give, or what the memory cgroups above this process (a
// container's limit) leave, whichever is less.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace bakeoff::measure {

/// KiB, without driving anything out but caches. nullopt where nothing says it.
std::optional<std::uint64_t> available_memory_kib();

/// The same by the files below `root`, for tests.
std::optional<std::uint64_t> available_memory_kib_below(const std::filesystem::path& root);

}  // namespace bakeoff::measure
