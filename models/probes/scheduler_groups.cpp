#include "models/probes/scheduler_groups.h"

#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

namespace bakeoff::models::probes {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// "rw,cpu,cpuacct" has "cpu".
bool has_option(std::string_view options, std::string_view wanted) {
  const std::string all = "," + std::string(options) + ",";
  return all.find("," + std::string(wanted) + ",") != all.npos;
}

/// The path of this process's cgroup in a hierarchy: "0::/a" is that of v2, "3:cpu,cpuacct:/a" is one of v1.
std::string own_path(std::string_view cgroup, bool v2) {
  std::istringstream lines{std::string(cgroup)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == line.npos || second == line.npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (v2 ? controllers.empty() : has_option(controllers, "cpu")) return line.substr(second + 1);
  }
  return "";
}

/// Whether a session is a group. It is one for who is in the root of the cgroups, and for nobody else.
bool sessions_are_groups(const std::vector<fs::path>& places) {
  if (!text_of("/proc/sys/kernel/sched_autogroup_enabled").starts_with('1') || places.empty()) return false;
  // Only the root of v2 has no type, and only the root of v1 has a release agent, also where a namespace hides it.
  const fs::path& own = places.front();
  return fs::exists(own / "cgroup.controllers") ? !fs::exists(own / "cgroup.type") : fs::exists(own / "release_agent");
}

bool make_cpu_cgroup(const fs::path& path) {
  std::error_code error;
  if (!fs::create_directory(path, error)) return false;
  const bool shares = fs::exists(path / "cpu.weight") || fs::exists(path / "cpu.shares");
  if (shares && ::access((path / "cgroup.procs").c_str(), W_OK) == 0) return true;
  fs::remove(path, error);
  return false;
}

}  // namespace

std::vector<fs::path> cpu_cgroup_places(std::string_view mountinfo, std::string_view cgroup) {
  std::vector<fs::path> v1_places, v2_places;
  std::istringstream lines{std::string(mountinfo)};
  for (std::string line; std::getline(lines, line);) {
    // "36 35 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw"
    const std::size_t dash = line.find(" - ");
    if (dash == line.npos) continue;
    std::istringstream before(line.substr(0, dash)), after(line.substr(dash + 3));
    std::string skipped, root, mount, kind, source, options;
    before >> skipped >> skipped >> skipped >> root >> mount;
    after >> kind >> source >> options;
    const bool v2 = kind == "cgroup2";
    if (!v2 && (kind != "cgroup" || !has_option(options, "cpu"))) continue;
    std::string own = own_path(cgroup, v2);
    if (own.empty()) continue;
    // What is mounted may begin below the root.
    if (root != "/" && own.starts_with(root)) own.erase(0, root.size());
    const fs::path place = (fs::path(mount) / fs::path(own).relative_path()).lexically_normal();
    std::vector<fs::path>& places = v2 ? v2_places : v1_places;
    places.push_back(place);
    if (v2 && fs::path(own).has_relative_path()) places.push_back(place.parent_path());
  }
  // The controller is in one of the two.
  v1_places.insert(v1_places.end(), v2_places.begin(), v2_places.end());
  return v1_places;
}

SchedulerGroups::SchedulerGroups() {
  const std::vector<fs::path> places = cpu_cgroup_places(text_of("/proc/self/mountinfo"), text_of("/proc/self/cgroup"));
  if (sessions_are_groups(places)) {
    kind_ = Kind::sessions;
    return;
  }
  for (const fs::path& place : places) {
    const std::string name = "bakeoff-cpu-shares-" + std::to_string(::getpid()) + "-";
    const fs::path one = place / (name + "0"), two = place / (name + "1");
    if (!make_cpu_cgroup(one)) continue;
    cgroups_ = {one};
    if (make_cpu_cgroup(two)) {
      cgroups_.push_back(two);
      kind_ = Kind::cgroups;
      return;
    }
    std::error_code none;
    fs::remove(one, none);
    cgroups_.clear();
  }
}

SchedulerGroups::~SchedulerGroups() {
  std::error_code none;
  for (const fs::path& cgroup : cgroups_) fs::remove(cgroup, none);
}

void SchedulerGroups::join(std::size_t group) const {
  if (kind_ == Kind::sessions) {
    if (::setsid() < 0) throw std::system_error(errno, std::generic_category(), "begin a session (setsid)");
    return;
  }
  std::ofstream file(cgroups_.at(group) / "cgroup.procs");
  file << "0" << std::flush;
  if (!file) throw std::system_error(errno, std::generic_category(), "join " + cgroups_[group].string());
}

}  // namespace bakeoff::models::probes
