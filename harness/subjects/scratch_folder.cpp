#include "harness/subjects/scratch_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "harness/measure/cgroup.h"
#include "harness/subjects/remove_contents.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr const char* kMarker = "owner";
constexpr std::string_view kCgroup = "cgroup ";
constexpr std::chrono::milliseconds kLockPause{1};

std::optional<struct stat> status_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? std::optional(status) : std::nullopt;
}

std::optional<ino_t> inode_of(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? std::optional(status.st_ino) : std::nullopt;
}

/// The marker's first line.
std::string marker_line(const fs::path& outer, ino_t inode) {
  return "scratch folder of bakeoff: " + outer.filename().string() + ", inode " + std::to_string(inode) + "\n";
}

bool append(int fd, const std::string& text) {
  return ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// A marker is a line and a few cgroups; anything longer is not one.
std::string text_of(int fd) {
  std::string text(64 * 1024, '\0');
  const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

bool locked_within(int fd, std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK || Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kLockPause);
  }
  return true;
}

/// Whether none of them is left. A process in one is given a second to go; one that has taken the place of ours stays.
bool remove_cgroups(std::string_view remembered) {
  bool all_gone = true;
  std::istringstream lines{std::string(remembered)};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(kCgroup)) continue;
    std::istringstream words(line.substr(kCgroup.size()));
    ino_t inode = 0;
    std::string directory;
    if (!(words >> inode) || words.get() != ' ' || !std::getline(words, directory)) continue;
    if (inode_of(directory) != inode) continue;
    measure::remove_cgroup_directory(directory);
    all_gone = inode_of(directory) != inode && all_gone;
  }
  return all_gone;
}

/// For the process that holds the marker's lock. The marker goes last, so that a removal that is cut off can be
/// continued.
bool remove_with_marker(int folder, const fs::path& outer) {
  if (!remove_contents(folder, kMarker)) return false;
  return ::unlinkat(folder, kMarker, 0) == 0 && ::rmdir(outer.c_str()) == 0;
}

}  // namespace

ScratchFolder::ScratchFolder() {
  const std::string name = std::string(kPrefix) + std::to_string(::getpid()) + "-XXXXXX";
  std::error_code unusable;
  const fs::path parent = fs::temp_directory_path(unusable);
  if (unusable) {
    const char* const given = std::getenv("TMPDIR");
    throw std::system_error(unusable, std::string("TMPDIR: found \"") + (given != nullptr ? given : "/tmp") +
                                          "\", expected a folder for temporary files");
  }
  std::string pattern = (parent / name).string();
  const auto fail = [](const std::string& what) {
    throw std::system_error(errno, std::generic_category(),
                            "create a folder like " + what + " (TMPDIR names another place)");
  };
  if (::mkdtemp(pattern.data()) == nullptr) fail(pattern);
  outer_ = pattern;
  path_ = outer_ / outer_.filename();
  const fs::path marker = outer_ / kMarker;
  marker_ = measure::OwnedDescriptor(
      ::open(marker.c_str(), O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  // Where there are no locks nothing can be proven: the marker stays empty, and only this process removes the folder.
  const auto inode = inode_of(outer_);
  const bool marked =
      marker_ && inode &&
      (::flock(marker_.get(), LOCK_EX | LOCK_NB) != 0 || append(marker_.get(), marker_line(outer_, *inode)));
  // The user who gets the inner folder has to get through the outer one.
  if (marked && ::mkdir(path_.c_str(), 0700) == 0 && ::chmod(outer_.c_str(), 0711) == 0) return;
  const int cause = errno;
  ::rmdir(path_.c_str());
  ::unlink(marker.c_str());
  ::rmdir(outer_.c_str());
  errno = cause;
  fail(pattern);
}

ScratchFolder::~ScratchFolder() {
  const measure::OwnedDescriptor folder(::open(outer_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder) return;
  // Still the one that this marker is in.
  struct stat there {};
  const auto held = status_of(marker_.get());
  if (::fstatat(folder.get(), kMarker, &there, AT_SYMLINK_NOFOLLOW) != 0 || !held || held->st_ino != there.st_ino)
    return;
  remove_with_marker(folder.get(), outer_);
}

void ScratchFolder::remember_cgroups(const std::vector<fs::path>& join_files) const {
  for (const fs::path& file : join_files) {
    const fs::path directory = file.parent_path();
    const auto inode = inode_of(directory);
    // On a full disk an empty cgroup may be left one day, which is no reason not to measure.
    if (inode) append(marker_.get(), std::string(kCgroup) + std::to_string(*inode) + " " + directory.string() + "\n");
  }
}

bool remove_abandoned(const fs::path& outer, std::chrono::milliseconds patience) {
  const measure::OwnedDescriptor folder(::open(outer.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder) return false;
  const measure::OwnedDescriptor marker(
      ::openat(folder.get(), kMarker, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!marker) return false;
  const auto of_folder = status_of(folder.get());
  const auto of_marker = status_of(marker.get());
  if (!of_folder || !of_marker) return false;
  const bool ours = of_folder->st_uid == ::geteuid() && (of_folder->st_mode & (S_IWGRP | S_IWOTH)) == 0 &&
                    of_marker->st_uid == ::geteuid() && S_ISREG(of_marker->st_mode) && of_marker->st_nlink == 1;
  if (!ours || !locked_within(marker.get(), patience)) return false;
  const std::string text = text_of(marker.get());
  if (!text.starts_with(marker_line(outer, of_folder->st_ino))) return false;
  // With a cgroup that cannot go yet the marker stays, and with it the next one's knowledge of the cgroup.
  if (!remove_cgroups(text)) {
    remove_contents(folder.get(), kMarker);
    return false;
  }
  return remove_with_marker(folder.get(), outer);
}

}  // namespace bakeoff::subjects
