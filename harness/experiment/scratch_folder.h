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

  /// Throws std::system_error naming the folder, and TMPDIR, which may name another place.
  ScratchFolder() {
    const std::string name = std::string(kPrefix) + std::to_string(::getpid()) + "-XXXXXX";
    std::error_code unusable;
    const std::filesystem::path parent = std::filesystem::temp_directory_path(unusable);
    if (unusable) {
      const char* const given = std::getenv("TMPDIR");
      throw std::system_error(unusable, std::string("TMPDIR: found \"") + (given != nullptr ? given : "/tmp") +
                                            "\", expected a folder for temporary files");
    }
    std::string pattern = (parent / name).string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(),
                              "create a folder like " + pattern + " (TMPDIR names another place)");
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
