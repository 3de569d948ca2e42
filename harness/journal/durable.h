// What is to be there after a power cut: written is in the kernel's memory, synced is on the disk.
//
// Each call blocks until the disk says so, milliseconds or, where others write, tenths of a second: never while
// anything is measured. A file system that cannot sync is not an error.
#pragma once

#include <filesystem>
#include <system_error>

namespace bakeoff::journal {

/// The content of an open file, and its length.
std::error_code sync_file(int descriptor);

/// The same of a file that is closed again.
std::error_code sync_content(const std::filesystem::path& file);

/// The names in a directory: of files that were made or renamed there.
std::error_code sync_directory(const std::filesystem::path& directory);

/// create_directories(), with the names of all that it makes.
std::error_code create_directories_synced(const std::filesystem::path& directory);

}  // namespace bakeoff::journal
