#include "harness/subjects/guard.h"

#include <fmt/format.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include "harness/experiment/scratch_folder.h"
#include "harness/measure/cgroup.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::string_view kCgroup = "cgroup ";
constexpr std::string_view kGroup = "group ";
constexpr std::string_view kFolder = "folder ";
constexpr std::string_view kLeave = "leave";
constexpr auto kLockPatience = 10s;

Command guard_command(const std::vector<int>& cpus) {
  Command command;
  command.argv = {"/proc/self/exe", "guard"};
  command.cpus = cpus;
  command.outlives = true;
  return command;
}

/// Until none is left: processes that are forking have children that were not seen.
void end_cgroup(const fs::path& procs) {
  constexpr int kMostRounds = 1000;
  for (int round = 0; round < kMostRounds; ++round) {
    std::ifstream file(procs);
    bool any = false;
    for (pid_t pid = 0; file >> pid;) any = (pid > 1 && ::kill(pid, SIGKILL) == 0) || any;
    if (!any) return;
    std::this_thread::sleep_for(1ms);
  }
}

struct Watched {
  std::vector<fs::path> cgroups, folders;
  std::vector<pid_t> groups;
  bool may_leave = false;

  void take(const std::string& line) {
    if (line.starts_with(kCgroup)) cgroups.emplace_back(line.substr(kCgroup.size()));
    if (line.starts_with(kFolder)) folders.emplace_back(line.substr(kFolder.size()));
    if (line.starts_with(kGroup)) groups.push_back(static_cast<pid_t>(std::stol(line.substr(kGroup.size()))));
    may_leave = may_leave || line == kLeave;
  }

  void end() const {
    for (const pid_t leader : groups) {
      if (leader > 1) ::kill(-leader, SIGKILL);
    }
    for (const fs::path& procs : cgroups) end_cgroup(procs);
    // The lines end a moment before the harness's lock on its folder does.
    for (const fs::path& folder : folders) remove_abandoned(folder.parent_path(), kLockPatience);
    for (const fs::path& procs : cgroups) remove_cgroup_directory(procs.parent_path());
  }
};

}  // namespace

Guard::Guard(const std::vector<int>& cpus) : process_(Process::start(guard_command(cpus))) {}

Guard::~Guard() {
  process_.write(std::string(kLeave) + "\n");
  process_.close_input();
  process_.wait(2s);
}

void Guard::watch_cgroup(const fs::path& procs) {
  process_.write(std::string(kCgroup) + procs.string() + "\n");
}

void Guard::watch_group(pid_t leader) {
  process_.write(fmt::format("{}{}\n", kGroup, leader));
}

void Guard::watch_folder(const fs::path& folder) {
  process_.write(std::string(kFolder) + folder.string() + "\n");
}

int run_guard() {
  Watched watched;
  for (std::string line; std::getline(std::cin, line);) watched.take(line);
  if (!watched.may_leave) watched.end();
  return 0;
}

}  // namespace bakeoff
