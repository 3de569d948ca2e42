// What the kernel keeps of a file in memory: its page cache. A read of a page that is there takes no disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <system_error>

namespace bakeoff::measure {

/// Reads the whole file, so that its pages are in the cache if there is room. Blocks for the disk.
std::error_code read_through(const std::filesystem::path& file);

/// Has the kernel forget the pages of a file of this user's. Written ones go to the disk first, which it waits for.
/// Needs no privilege. Pages that a process has mapped stay, and on a file system in memory (tmpfs) all of them do.
std::error_code drop_from_cache(const std::filesystem::path& file);

/// How many of a file's bytes are in the cache, by whole pages (mincore()). For files that this user may write; of
/// others the kernel says that all are there.
struct CachedBytes {
  std::uint64_t cached = 0, size = 0;
};
CachedBytes cached_bytes(const std::filesystem::path& file, std::error_code& error);

}  // namespace bakeoff::measure
