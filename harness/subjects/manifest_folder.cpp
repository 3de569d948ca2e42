// Every part of the way is opened from the one before it, without following a link. openat2() would do as much in one
// call, but is refused in some containers; this needs no call that is not everywhere.
#include "harness/subjects/manifest_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "harness/measure/system_error.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;

constexpr int kFolder = O_PATH | O_DIRECTORY | O_CLOEXEC;

[[noreturn]] void throw_read_error(const fs::path& path, int code) {
  measure::throw_system_error("read " + path.string(), code);
}

/// O_DIRECTORY finds a link to be no directory before it finds it to be a link.
int why_not(int parent, const char* name, int code) {
  struct stat facts {};
  const bool link = ::fstatat(parent, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(facts.st_mode);
  return link ? ELOOP : code;
}

}  // namespace

ManifestFolder::ManifestFolder(const fs::path& folder) : ManifestFolder(::open(folder.c_str(), kFolder), folder) {
  if (!descriptor_) throw_read_error(folder, errno);
}

ManifestFolder::ManifestFolder(int descriptor, fs::path path) : descriptor_(descriptor), path_(std::move(path)) {}

ManifestFolder ManifestFolder::below(const std::string& name) const {
  if (name.empty() || name == "." || name == ".." || name.find('/') != name.npos) throw_read_error(path_ / name, EXDEV);
  ManifestFolder inner(::openat(descriptor_.get(), name.c_str(), kFolder | O_NOFOLLOW), path_ / name);
  if (!inner.descriptor_) throw_read_error(inner.path_, why_not(descriptor_.get(), name.c_str(), errno));
  return inner;
}

std::string ManifestFolder::read(const fs::path& name) const {
  if (name.has_parent_path() && name.is_relative()) {
    return below(name.begin()->string()).read(name.lexically_relative(*name.begin()));
  }
  const std::string last = name.string();
  if (last.empty() || last == "." || last == ".." || name.is_absolute()) throw_read_error(path_ / name, EXDEV);
  constexpr int kFile = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  const measure::OwnedDescriptor file(::openat(descriptor_.get(), last.c_str(), kFile));
  if (!file) throw_read_error(path_ / name, errno);
  std::string text;
  int code = 0;
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) code = errno;
  if (code == 0 && !S_ISREG(facts.st_mode)) code = EINVAL;
  while (code == 0) {
    constexpr std::size_t kPiece = 65536;
    const std::size_t before = text.size();
    text.resize(before + kPiece);
    const auto got = ::read(file.get(), text.data() + before, kPiece);
    if (got < 0 && errno != EINTR) code = errno;
    text.resize(before + static_cast<std::size_t>(got > 0 ? got : 0));
    if (got == 0) break;
    if (text.size() > kMostBytes) code = EFBIG;
  }
  if (code != 0) throw_read_error(path_ / name, code);
  return text;
}

}  // namespace bakeoff::subjects
