#include "models/limits.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <vector>

namespace bakeoff::models {
namespace {

constexpr std::uint64_t kMappingsPerThread = 2;  // Its stack and the guard page in front of it.
constexpr std::uint64_t kMappingsInUse = 200;    // By the program and its libraries, generously.
constexpr double kNear = 0.9;  // The share of a limit that must be in use for it to be the one that refused.

struct Limit {
  std::string name;
  std::uint64_t most = 0;
  std::uint64_t used = 0;
};

std::optional<std::uint64_t> number_in(const std::string& file) {
  std::ifstream stream(file);
  std::uint64_t number = 0;
  if (stream >> number) return number;
  return std::nullopt;
}

/// Threads on the whole machine: /proc/loadavg is "0.1 0.2 0.3 running/all last".
std::uint64_t all_threads() {
  std::ifstream stream("/proc/loadavg");
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto slash = text.find('/');
  return slash == std::string::npos ? 0 : std::strtoull(text.c_str() + slash + 1, nullptr, 10);
}

/// Threads of this process's user, which is what RLIMIT_NPROC counts (setrlimit(2)). They are the folders in each
/// task/: a folder has two links of its own and one for each folder in it.
std::uint64_t own_users_threads() {
  constexpr nlink_t kLinksOfFolder = 2;
  std::uint64_t threads = 0;
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
    struct stat tasks {};
    const std::string folder = entry.path().string() + "/task";
    if (::stat(folder.c_str(), &tasks) == 0 && tasks.st_uid == ::getuid()) threads += tasks.st_nlink - kLinksOfFolder;
  }
  return threads;
}

/// Memory that this process has mapped, touched or not.
std::uint64_t own_virtual_bytes() {
  return number_in("/proc/self/statm").value_or(0) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t own_mappings() {
  std::ifstream stream("/proc/self/maps");
  return static_cast<std::uint64_t>(
      std::count(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>(), '\n'));
}

/// The folder of this process's pids controller. The usual mount points of both versions of cgroups are tried.
std::string pids_folder() {
  std::ifstream stream("/proc/self/cgroup");
  for (std::string line; std::getline(stream, line);) {
    const auto path = line.rfind(':');
    if (line.find(":pids:") != std::string::npos) return "/sys/fs/cgroup/pids" + line.substr(path + 1);
    if (line.starts_with("0::")) {
      std::string folder = "/sys/fs/cgroup" + line.substr(path + 1);
      if (std::ifstream(folder + "/pids.max")) return folder;
    }
  }
  return "";
}

void add(std::vector<Limit>& limits, const std::string& name, const std::string& file, std::uint64_t used) {
  if (const auto most = number_in(file)) limits.push_back({name, *most, used});
}

std::string shown(const std::string& name, std::uint64_t value) {
  return name + " = " + std::to_string(value);
}

/// What refused memory. A large piece may be refused long before the address space is used up.
std::string name_memory(int error) {
  rlimit space{};
  constexpr std::uint64_t kHalf = 2;
  if (::getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY &&
      own_virtual_bytes() > space.rlim_cur / kHalf) {
    return shown("RLIMIT_AS", space.rlim_cur);
  }
  return std::string("memory (") + ::strerror(error) + ")";
}

/// The limits that bound the number of threads or processes.
std::vector<Limit> limits_on(Resource wanted) {
  std::vector<Limit> limits;
  const std::uint64_t threads = all_threads();
  add(limits, "kernel.threads-max", "/proc/sys/kernel/threads-max", threads);
  add(limits, "kernel.pid_max", "/proc/sys/kernel/pid_max", threads);
  if (const std::string folder = pids_folder(); !folder.empty()) {
    add(limits, "pids.max", folder + "/pids.max", number_in(folder + "/pids.current").value_or(0));
  }
  rlimit processes{};
  // The superuser is exempt from it.
  if (::geteuid() != 0 && ::getrlimit(RLIMIT_NPROC, &processes) == 0 && processes.rlim_cur != RLIM_INFINITY) {
    limits.push_back({"RLIMIT_NPROC", processes.rlim_cur, own_users_threads()});
  }
  if (wanted == Resource::thread) add(limits, "vm.max_map_count", "/proc/sys/vm/max_map_count", own_mappings());
  return limits;
}

}  // namespace

std::string name_limit(Resource wanted, int error) {
  if (error == EMFILE) {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    return shown("RLIMIT_NOFILE", files.rlim_cur);
  }
  if (error == ENFILE) return shown("fs.file-max", number_in("/proc/sys/fs/file-max").value_or(0));
  if (wanted == Resource::descriptor || wanted == Resource::memory) return name_memory(error);
  const auto use = [](const Limit& limit) {
    return static_cast<double>(limit.used) / static_cast<double>(std::max<std::uint64_t>(1, limit.most));
  };
  const auto limits = limits_on(wanted);
  const auto nearest = std::ranges::max_element(limits, {}, use);
  return nearest != limits.end() && use(*nearest) >= kNear ? shown(nearest->name, nearest->most) : name_memory(error);
}

Capacity capacity_for(Resource wanted) {
  Capacity room{UINT64_MAX, "none"};
  if (wanted == Resource::descriptor || wanted == Resource::memory) return room;
  for (const Limit& limit : limits_on(wanted)) {
    const bool mappings = limit.name == "vm.max_map_count";
    const std::uint64_t left = limit.most - std::min(limit.most, mappings ? kMappingsInUse : limit.used);
    const std::uint64_t units = mappings ? left / kMappingsPerThread : left;
    if (units < room.units) room = {units, shown(limit.name, limit.most)};
  }
  return room;
}

std::uint64_t mappings_left() {
  const std::uint64_t most = number_in("/proc/sys/vm/max_map_count").value_or(0);
  return most - std::min(most, own_mappings());
}

std::size_t count_allowed_cpus() {
  cpu_set_t cpus;
  return ::sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? static_cast<std::size_t>(CPU_COUNT(&cpus)) : 1;
}

}  // namespace bakeoff::models
