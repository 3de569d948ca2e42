#include "harness/subjects/watchdog.h"

#include <fmt/format.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include "harness/measure/cgroup.h"
#include "harness/subjects/scratch_folder.h"
#include "harness/subjects/shared_memory.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::string_view kCgroupLine = "cgroup ";
constexpr std::string_view kGroupLine = "group ";
constexpr std::string_view kFolderLine = "folder ";
constexpr std::string_view kDismissLine = "leave";
constexpr auto kLockPatience = 10s;

Command watchdog_command(const std::vector<int>& cpus) {
  Command command;
  command.argv = {"/proc/self/exe", "guard"};
  command.cpus = cpus;
  command.outlives_harness = true;
  return command;
}

/// Until none is left: processes that are forking have children that were not seen.
void end_cgroup(const fs::path& procs, LeftSharedMemory& memory) {
  constexpr int kMostRounds = 1000;
  for (int round = 0; round < kMostRounds; ++round) {
    std::ifstream file(procs);
    bool any = false;
    for (pid_t pid = 0; file >> pid;) {
      if (pid <= 1) continue;
      ::kill(pid, SIGSTOP);
      memory.look_at(pid);
      any = ::kill(pid, SIGKILL) == 0 || any;
    }
    if (!any) return;
    std::this_thread::sleep_for(1ms);
  }
}

struct Watched {
  std::vector<fs::path> cgroups, folders;
  std::vector<pid_t> groups;
  bool dismissed = false;

  void take(const std::string& line) {
    if (line.starts_with(kCgroupLine)) cgroups.emplace_back(line.substr(kCgroupLine.size()));
    if (line.starts_with(kFolderLine)) folders.emplace_back(line.substr(kFolderLine.size()));
    if (line.starts_with(kGroupLine)) groups.push_back(static_cast<pid_t>(std::stol(line.substr(kGroupLine.size()))));
    dismissed = dismissed || line == kDismissLine;
  }

  void end() const {
    LeftSharedMemory memory;
    for (const pid_t leader : groups) {
      memory.look_at_group(leader);
      if (leader > 1) ::kill(-leader, SIGKILL);
    }
    for (const fs::path& procs : cgroups) end_cgroup(procs, memory);
    memory.remove();
    // The lines end a moment before the harness's lock on its folder does.
    for (const fs::path& folder : folders) remove_abandoned(folder.parent_path(), kLockPatience);
    for (const fs::path& procs : cgroups) measure::remove_cgroup_directory(procs.parent_path());
  }
};

}  // namespace

Watchdog::Watchdog(const std::vector<int>& cpus) : process_(Process::start(watchdog_command(cpus))) {}

Watchdog::~Watchdog() {
  process_.write(std::string(kDismissLine) + "\n");
  process_.close_input();
  process_.wait(2s);
}

void Watchdog::watch_cgroup(const fs::path& procs) {
  process_.write(std::string(kCgroupLine) + procs.string() + "\n");
}

void Watchdog::watch_group(pid_t leader) {
  process_.write(fmt::format("{}{}\n", kGroupLine, leader));
}

void Watchdog::watch_folder(const fs::path& folder) {
  process_.write(std::string(kFolderLine) + folder.string() + "\n");
}

int run_watchdog() {
  Watched watched;
  for (std::string line; std::getline(std::cin, line);) watched.take(line);
  if (!watched.dismissed) watched.end();
  return 0;
}

}  // namespace bakeoff::subjects
