#include "harness/subjects/shared_memory.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

#include "harness/measure/text_file.h"
#include "harness/subjects/process.h"

namespace bakeoff::subjects {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

std::int64_t to_ns(std::int64_t seconds, std::int64_t ns) {
  return seconds * kNsPerSecond + ns;
}

std::int64_t clock_ns(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return to_ns(now.tv_sec, now.tv_nsec);
}

/// When the process began, on CLOCK_REALTIME; 0 where it is gone. proc(5): field 22 of its stat, in ticks from the
/// boot, counted from behind the command's parenthesis.
std::int64_t process_began_ns(pid_t pid) {
  const std::string stat = measure::read_text("/proc/" + std::to_string(pid) + "/stat").value_or("");
  std::istringstream fields(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
  std::string field;
  for (int number = 3; number <= 22; ++number) fields >> field;
  if (!fields) return 0;
  const std::int64_t tick_ns = kNsPerSecond / std::max(1L, ::sysconf(_SC_CLK_TCK));
  return clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME) + std::stoll(field) * tick_ns;
}

/// Of a file that has no birth (before Linux 5.18): when its inode was last changed.
std::int64_t born_ns(const std::string& file) {
  struct statx found {};
  if (::statx(AT_FDCWD, file.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BTIME | STATX_CTIME, &found) != 0) return 0;
  const statx_timestamp& at = (found.stx_mask & STATX_BTIME) != 0 ? found.stx_btime : found.stx_ctime;
  return to_ns(at.tv_sec, at.tv_nsec);
}

/// The files in /dev/shm that it has mapped, or open because it is about to. proc(5): a line per mapping, which ends
/// with the file's name, and a link per descriptor.
void add_files_of(pid_t pid, std::set<std::string>& files) {
  constexpr std::string_view kFolder = "/dev/shm/";
  const std::string process = "/proc/" + std::to_string(pid);
  std::ifstream maps(process + "/maps");
  for (std::string line; std::getline(maps, line);) {
    if (const auto at = line.find(kFolder); at != line.npos) files.insert(line.substr(at));
  }
  std::error_code gone;
  for (std::filesystem::directory_iterator entry(process + "/fd", gone), end; !gone && entry != end;
       entry.increment(gone)) {
    std::error_code closed;
    const std::string file = std::filesystem::read_symlink(entry->path(), closed);
    if (file.starts_with(kFolder)) files.insert(file);
  }
}

/// proc(5): a line of names, then a line per segment, whose 2nd and 5th fields are its identifier and its maker. One
/// that others still have attached goes with the last of them.
void remove_segments_of(const std::set<pid_t>& makers) {
  std::ifstream segments("/proc/sysvipc/shm");
  std::string line;
  std::getline(segments, line);
  while (std::getline(segments, line)) {
    std::istringstream fields(line);
    std::string key, mode, size;
    int identifier = 0;
    pid_t maker = 0;
    if (!(fields >> key >> identifier >> mode >> size >> maker)) continue;
    if (makers.contains(maker)) ::shmctl(identifier, IPC_RMID, nullptr);
  }
}

}  // namespace

void LeftSharedMemory::look_at(pid_t process) {
  makers_.insert(process);
  add_files_of(process, files_);
  if (const auto began = process_began_ns(process); began != 0) began_ns_ = std::min(began_ns_, began);
}

void LeftSharedMemory::look_at_group(pid_t leader) {
  if (leader <= 1) return;  // To kill(2), other numbers mean other processes.
  // Twice: a group whose leader is gone gets SIGHUP when it is stopped (setpgid(2)), and some of it may die.
  for (const pid_t process : processes_of_group(leader)) look_at(process);
  ::kill(-leader, SIGSTOP);
  for (const pid_t process : processes_of_group(leader)) look_at(process);
  makers_.insert(leader);
}

void LeftSharedMemory::remove() const noexcept try {
  for (const std::string& file : files_) {
    if (born_ns(file) >= began_ns_) ::unlink(file.c_str());
  }
  remove_segments_of(makers_);
} catch (const std::exception&) {  // No memory for a line: what is left stays.
}

}  // namespace bakeoff::subjects
