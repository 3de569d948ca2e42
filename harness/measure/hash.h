// The identity of a file's content, so that a row says which executable it measured.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace bakeoff::measure {

/// "sha1:<40 hex digits>", the digits that sha1sum prints. Reads the whole file; throws std::system_error naming it
/// when it cannot. It tells builds apart. It does not protect against somebody who wants two files to look the same.
std::string content_hash(const std::filesystem::path& file);

/// The same of bytes in memory.
std::string content_hash_of(std::string_view bytes);

}  // namespace bakeoff::measure
