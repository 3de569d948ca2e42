// Files that tests write and read as a whole.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace bakeoff::test {

/// "" for what is not there, and for a file of /proc whose process ends while it is read: an iterator over the buffer
/// would throw then.
inline std::string contents_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream contents;
  contents << stream.rdbuf();
  return contents.str();
}

/// Makes the folders that it is in, too.
inline void write_text(const std::filesystem::path& file, const std::string& text) {
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

}  // namespace bakeoff::test
