// The folder of a manifest, whose files are read as they are in it and from nowhere else: whoever wrote the manifest
// may have put links there, a pipe that nobody writes to, or a file without an end.
#pragma once

#include <filesystem>
#include <string>

namespace bakeoff::subjects {

class ManifestFolder {
 public:
  /// Most that is read of a file.
  static constexpr std::size_t kMostBytes = 16 << 20;

  /// The folder that the user named, by whatever links. Throws std::system_error.
  explicit ManifestFolder(const std::filesystem::path& folder);
  ManifestFolder(ManifestFolder&& other) noexcept;
  ManifestFolder(const ManifestFolder&) = delete;
  ManifestFolder& operator=(const ManifestFolder&) = delete;
  ~ManifestFolder();

  /// A folder in it. Throws std::system_error: ELOOP where it is a link, ENOENT, ENOTDIR.
  ManifestFolder below(const std::string& name) const;

  /// The text of a regular file in it or in a folder of it ("pages/hello.txt"). Never waits. Throws std::system_error:
  /// ELOOP where a part of the way is a link, EXDEV where the name leads out of the folder, EINVAL for what is no
  /// regular file, EFBIG beyond kMostBytes, and what the system says.
  std::string read(const std::filesystem::path& name) const;

 private:
  ManifestFolder(int descriptor, std::filesystem::path path);

  int descriptor_;
  std::filesystem::path path_;  ///< For messages.
};

}  // namespace bakeoff::subjects
