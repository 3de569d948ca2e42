#include "harness/journal/durable.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace bakeoff::journal {
namespace {

namespace fs = std::filesystem;

std::error_code result_of(int returned) {
  // What a pipe, a network file system or a read-only directory say, which have nothing to sync.
  const bool failed = returned != 0 && errno != EINVAL && errno != ENOTSUP && errno != EROFS;
  return failed ? std::error_code(errno, std::generic_category()) : std::error_code();
}

std::error_code sync_opened(const fs::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  // One that may be written in but not read cannot be synced by its name.
  if (descriptor < 0) return errno == EACCES ? std::error_code() : std::error_code(errno, std::generic_category());
  const std::error_code result = result_of(::fsync(descriptor));
  ::close(descriptor);
  return result;
}

}  // namespace

std::error_code sync_file(int descriptor) {
  return result_of(::fdatasync(descriptor));
}

std::error_code sync_content(const fs::path& file) {
  return sync_opened(file, O_RDONLY);
}

std::error_code sync_directory(const fs::path& directory) {
  return sync_opened(directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY);
}

std::error_code create_directories_synced(const fs::path& directory) {
  std::vector<fs::path> parents;
  std::error_code error;
  for (fs::path made = fs::absolute(directory, error); !made.empty() && !fs::exists(made, error);) {
    const fs::path parent = made.parent_path();
    if (parent == made) break;
    parents.push_back(made = parent);
  }
  error.clear();
  fs::create_directories(directory, error);
  for (auto parent = parents.begin(); !error && parent != parents.end(); ++parent) error = sync_directory(*parent);
  return error;
}

}  // namespace bakeoff::journal
