// The folder of a manifest. Its files are read from it and from nowhere else, because the folder of somebody else may
// hold links, a pipe that has no writer, or a file without an end.
#pragma once

#include <filesystem>
#include <string>

#include "harness/measure/owned_descriptor.h"

namespace bakeoff::subjects {

class ManifestFolder {
 public:
  /// Most that is read of a file.
  static constexpr std::size_t kMostBytes = 16 << 20;

  /// The folder that the user named, which may be a link. Throws std::system_error.
  explicit ManifestFolder(const std::filesystem::path& folder);

  /// A folder in it. Throws std::system_error: ELOOP where it is a link, ENOENT, ENOTDIR.
  ManifestFolder below(const std::string& name) const;

  /// The text of a regular file in it or in a folder of it ("pages/hello.txt"). Never waits. Throws std::system_error:
  /// ELOOP where a part of the way is a link, EXDEV where the name leads out of the folder, EINVAL for what is no
  /// regular file, EFBIG beyond kMostBytes, and what the system says.
  std::string read(const std::filesystem::path& name) const;

 private:
  ManifestFolder(int descriptor, std::filesystem::path path);

  measure::OwnedDescriptor descriptor_;
  std::filesystem::path path_;  ///< For messages.
};

}  // namespace bakeoff::subjects
