#include "models/limits.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <vector>

namespace bakeoff {
namespace {

constexpr std::uint64_t kMappingsAThread = 2;  // Its stack and the guard page in front of it.
constexpr std::uint64_t kMappingsInUse = 200;  // Of the program and its libraries, generously.
constexpr double kNear = 0.9;                  // In use, of the limit, for it to be the one that refused.

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

std::uint64_t own_mappings() {
  std::ifstream stream("/proc/self/maps");
  return static_cast<std::uint64_t>(
      std::count(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>(), '\n'));
}

/// The folder of the pids controller that this process is in; the usual mount points of both versions are tried.
std::string pids_folder() {
  std::ifstream stream("/proc/self/cgroup");
  for (std::string line; std::getline(stream, line);) {
    const auto path = line.rfind(':');
    if (line.find(":pids:") != std::string::npos) return "/sys/fs/cgroup/pids" + line.substr(path + 1);
    if (line.starts_with("0::")) {
      const std::string folder = "/sys/fs/cgroup" + line.substr(path + 1);
      if (std::ifstream(folder + "/pids.max")) return folder;
    }
  }
  return "";
}

void add(std::vector<Limit>& limits, const std::string& name, const std::string& file, std::uint64_t used) {
  if (const auto most = number_in(file)) limits.push_back({name, *most, used});
}

/// Those that bound the number of threads and processes.
std::vector<Limit> limits_on(Wanted wanted) {
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
    limits.push_back({"RLIMIT_NPROC", processes.rlim_cur, threads});
  }
  if (wanted == Wanted::thread) add(limits, "vm.max_map_count", "/proc/sys/vm/max_map_count", own_mappings());
  return limits;
}

std::string shown(const std::string& name, std::uint64_t value) {
  return name + " = " + std::to_string(value);
}

}  // namespace

std::string name_limit(Wanted wanted, int error) {
  if (error == EMFILE) {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    return shown("RLIMIT_NOFILE", files.rlim_cur);
  }
  if (error == ENFILE) return shown("fs.file-max", number_in("/proc/sys/fs/file-max").value_or(0));
  const std::string memory = std::string("memory (") + ::strerror(error) + ")";
  if (wanted == Wanted::descriptor) return memory;
  const auto use = [](const Limit& limit) {
    return static_cast<double>(limit.used) / static_cast<double>(std::max<std::uint64_t>(1, limit.most));
  };
  const auto limits = limits_on(wanted);
  const auto nearest = std::ranges::max_element(limits, {}, use);
  return nearest != limits.end() && use(*nearest) >= kNear ? shown(nearest->name, nearest->most) : memory;
}

Room room_for(Wanted wanted) {
  Room room{UINT64_MAX, "none"};
  if (wanted == Wanted::descriptor) return room;
  for (const Limit& limit : limits_on(wanted)) {
    const bool mappings = limit.name == "vm.max_map_count";
    const std::uint64_t left = limit.most - std::min(limit.most, mappings ? kMappingsInUse : limit.used);
    const std::uint64_t units = mappings ? left / kMappingsAThread : left;
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

}  // namespace bakeoff
