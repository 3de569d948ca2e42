#include "models/probes/tasks.h"

#include <sys/prctl.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

namespace bakeoff::models::probes {
namespace {

using namespace std::chrono_literals;

std::string folder_of(pid_t pid, pid_t tid) {
  return "/proc/" + std::to_string(pid) + "/task/" + std::to_string(tid);
}

}  // namespace

std::optional<Task> parse_task(pid_t pid, std::string_view stat) {
  Task task{.pid = pid};
  const std::size_t begin = stat.find(" ("), end = stat.rfind(") ");  // A name may have both.
  if (begin == stat.npos || end == stat.npos || end < begin + 2 || end + 2 >= stat.size()) return std::nullopt;
  const auto [rest, error] = std::from_chars(stat.data(), stat.data() + begin, task.tid);
  if (error != std::errc() || rest != stat.data() + begin) return std::nullopt;
  task.command = stat.substr(begin + 2, end - begin - 2);
  task.state = stat[end + 2];
  return task;
}

std::optional<Task> read_task(pid_t pid, pid_t tid) {
  std::ifstream file(folder_of(pid, tid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return parse_task(pid, line);
}

std::string ps_line(const Task& task) {
  return std::to_string(task.pid) + " " + std::to_string(task.tid) + " " + task.state + " " + task.command;
}

std::vector<pid_t> tids_of(pid_t pid) {
  std::vector<pid_t> tids;
  std::error_code none;
  const std::filesystem::directory_iterator tasks("/proc/" + std::to_string(pid) + "/task", none);
  if (none) return tids;
  for (const auto& entry : tasks) tids.push_back(std::stoi(entry.path().filename()));
  std::ranges::sort(tids);
  return tids;
}

std::optional<std::uint64_t> status_number(pid_t pid, std::string_view name) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string key, line; file >> key && std::getline(file, line);) {
    if (key == std::string(name) + ":") return std::stoull(line);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> run_delay_ns(pid_t pid, pid_t tid) {
  std::ifstream file(folder_of(pid, tid) + "/schedstat");
  std::uint64_t ran = 0, waited = 0;
  if (!(file >> ran >> waited) || ran == 0) return std::nullopt;
  return waited;
}

std::optional<Task> await_state(pid_t pid, pid_t tid, char state) {
  const auto until = std::chrono::steady_clock::now() + 1s;
  for (;; std::this_thread::sleep_for(1ms)) {
    std::optional<Task> task = read_task(pid, tid);
    if ((task && task->state == state) || std::chrono::steady_clock::now() > until) return task;
  }
}

void name_this_thread(const char* name) {
  ::prctl(PR_SET_NAME, name);
}

}  // namespace bakeoff::models::probes
