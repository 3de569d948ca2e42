#include "harness/subjects/remove_contents.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "harness/measure/owned_descriptor.h"

namespace bakeoff::subjects {
namespace {

constexpr int kDirectory = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

std::vector<std::string> names_in(int folder) {
  std::vector<std::string> names;
  // Opened again, because reading moves a position that a duplicate would share.
  const int again = ::openat(folder, ".", O_RDONLY | kDirectory);
  if (again < 0) return names;
  const auto close = [](DIR* directory) { ::closedir(directory); };
  const std::unique_ptr<DIR, decltype(close)> directory(::fdopendir(again), close);
  if (!directory) {
    ::close(again);
    return names;
  }
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

/// Some programs make directories that even their owner may not write in (the module cache of Go).
void permit(int folder, const std::string& name) {
  struct stat status {};
  if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && (status.st_mode & 0700) == 0700) return;
  const measure::OwnedDescriptor directory(::openat(folder, name.c_str(), O_PATH | kDirectory));
  // By the descriptor, which cannot have become a link; fchmod() takes none that was opened for its path.
  if (directory) ::chmod(("/proc/self/fd/" + std::to_string(directory.get())).c_str(), 0700);
}

class Emptying {
 public:
  explicit Emptying(int top) : top_(top) {}

  /// Removes what is not a directory; moves up what is one.
  void take(int from, const std::string& name) {
    if (::unlinkat(from, name.c_str(), 0) == 0) return;
    if (errno != EISDIR && errno != EPERM) {
      all_gone_ = false;
      return;
    }
    permit(from, name);
    for (;;) {
      std::string moved = "removing-" + std::to_string(++moved_);
      if (::renameat(from, name.c_str(), top_, moved.c_str()) == 0) {
        waiting_.push_back(std::move(moved));
        return;
      }
      // A killed removal has left something of that name.
      if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR) continue;
      all_gone_ = false;
      return;
    }
  }

  bool finish() {
    while (!waiting_.empty()) {
      const std::string name = std::move(waiting_.back());
      waiting_.pop_back();
      if (const measure::OwnedDescriptor directory(::openat(top_, name.c_str(), O_RDONLY | kDirectory)); directory) {
        for (const std::string& inside : names_in(directory.get())) take(directory.get(), inside);
      }
      all_gone_ = ::unlinkat(top_, name.c_str(), AT_REMOVEDIR) == 0 && all_gone_;
    }
    return all_gone_;
  }

 private:
  const int top_;
  unsigned long moved_ = 0;
  std::vector<std::string> waiting_;  ///< Directories, all in the top one.
  bool all_gone_ = true;
};

}  // namespace

bool remove_contents(int folder, std::string_view keep) {
  Emptying emptying(folder);
  for (const std::string& name : names_in(folder)) {
    if (name != keep) emptying.take(folder, name);
  }
  return emptying.finish();
}

}  // namespace bakeoff::subjects
