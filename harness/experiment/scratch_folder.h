// A private folder for one trial, removed with all that is in it.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace bakeoff {

class ScratchFolder {
 public:
  /// Of the name; the owner's process number follows, for remove_leftovers().
  static constexpr std::string_view kPrefix = "bakeoff-";

  /// Throws std::system_error naming the folder.
  ScratchFolder() {
    const std::string name = std::string(kPrefix) + std::to_string(::getpid()) + "-XXXXXX";
    std::string pattern = (std::filesystem::temp_directory_path() / name).string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), "create a folder like " + pattern);
    }
    path_ = pattern;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace bakeoff
