// Every part of the way is opened from the one before it, without following a link. openat2() would do as much in one
// call, but is refused in some containers; this needs no call that is not everywhere.
#include "harness/subjects/manifest_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;

constexpr int kFolder = O_PATH | O_DIRECTORY | O_CLOEXEC;

[[noreturn]] void throw_read_error(const fs::path& path, int code) {
  throw std::system_error(code, std::generic_category(), "read " + path.string());
}

/// O_DIRECTORY finds a link to be no directory before it finds it to be a link.
int why_not(int parent, const char* name, int code) {
  struct stat facts {};
  const bool link = ::fstatat(parent, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(facts.st_mode);
  return link ? ELOOP : code;
}

}  // namespace

ManifestFolder::ManifestFolder(const fs::path& folder) : ManifestFolder(::open(folder.c_str(), kFolder), folder) {
  if (descriptor_ < 0) throw_read_error(folder, errno);
}

ManifestFolder::ManifestFolder(int descriptor, fs::path path) : descriptor_(descriptor), path_(std::move(path)) {}

ManifestFolder::ManifestFolder(ManifestFolder&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

ManifestFolder::~ManifestFolder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

ManifestFolder ManifestFolder::below(const std::string& name) const {
  if (name.empty() || name == "." || name == ".." || name.find('/') != name.npos) throw_read_error(path_ / name, EXDEV);
  ManifestFolder inner(::openat(descriptor_, name.c_str(), kFolder | O_NOFOLLOW), path_ / name);
  if (inner.descriptor_ < 0) throw_read_error(inner.path_, why_not(descriptor_, name.c_str(), errno));
  return inner;
}

std::string ManifestFolder::read(const fs::path& name) const {
  if (name.has_parent_path() && name.is_relative()) {
    return below(name.begin()->string()).read(name.lexically_relative(*name.begin()));
  }
  const std::string last = name.string();
  if (last.empty() || last == "." || last == ".." || name.is_absolute()) throw_read_error(path_ / name, EXDEV);
  const int file = ::openat(descriptor_, last.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (file < 0) throw_read_error(path_ / name, errno);
  std::string text;
  int code = 0;
  struct stat facts {};
  if (::fstat(file, &facts) != 0) code = errno;
  if (code == 0 && !S_ISREG(facts.st_mode)) code = EINVAL;
  while (code == 0) {
    constexpr std::size_t kPiece = 65536;
    const std::size_t before = text.size();
    text.resize(before + kPiece);
    const auto got = ::read(file, text.data() + before, kPiece);
    if (got < 0 && errno != EINTR) code = errno;
    text.resize(before + static_cast<std::size_t>(got > 0 ? got : 0));
    if (got == 0) break;
    if (text.size() > kMostBytes) code = EFBIG;
  }
  ::close(file);
  if (code != 0) throw_read_error(path_ / name, code);
  return text;
}

}  // namespace bakeoff::subjects
