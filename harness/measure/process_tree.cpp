// Reading /proc for processes that start and end meanwhile.
#include "harness/measure/process_tree.h"

#include <dirent.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "harness/measure/text_file.h"

namespace bakeoff::measure {
namespace {

// What /proc/PID/stat says after the name, which may itself hold spaces and brackets.
struct Stat {
  char state = '?';
  std::uint64_t minor_faults = 0, reaped_minor_faults = 0, major_faults = 0, reaped_major_faults = 0;
  std::uint64_t threads = 0;
  std::uint64_t rss_pages = 0;

  bool alive() const { return state != 'Z' && state != 'X'; }
};

std::optional<Stat> read_stat(const std::string& folder) {
  const auto text = read_text(folder + "/stat");
  if (!text) return std::nullopt;
  const auto name_end = text->rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::string_view rest{*text};
  rest.remove_prefix(name_end + 1);
  const auto word = take_word(rest);
  if (word.empty()) return std::nullopt;
  Stat stat;
  stat.state = word.front();
  // The state is field 3 of proc(5).
  for (int field = 4; field <= 24; ++field) {
    const auto value = parse_number<std::int64_t>(take_word(rest));
    if (!value) return std::nullopt;
    const auto number = static_cast<std::uint64_t>(*value);
    switch (field) {
      case 10:
        stat.minor_faults = number;
        break;
      case 11:
        stat.reaped_minor_faults = number;
        break;
      case 12:
        stat.major_faults = number;
        break;
      case 13:
        stat.reaped_major_faults = number;
        break;
      case 20:
        stat.threads = number;
        break;
      case 24:
        stat.rss_pages = number;
        break;
      default:
        break;
    }
  }
  return stat;
}

std::string folder_of(pid_t pid) {
  return "/proc/" + std::to_string(pid);
}

// The numbers that are names in `folder`: the threads of a process.
std::vector<pid_t> numbers_in(const std::string& folder) {
  std::vector<pid_t> numbers;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory{::opendir(folder.c_str()), ::closedir};
  if (!directory) return numbers;
  while (const auto* entry = ::readdir(directory.get())) {
    if (const auto number = parse_number<pid_t>(entry->d_name)) numbers.push_back(*number);
  }
  return numbers;
}

std::optional<TreeUse::Task> read_task(const std::string& folder) {
  const auto status = read_text(folder + "/status");
  if (!status) return std::nullopt;
  const auto voluntary = value_of(*status, "voluntary_ctxt_switches:");
  const auto involuntary = value_of(*status, "nonvoluntary_ctxt_switches:");
  if (!voluntary || !involuntary) return std::nullopt;
  TreeUse::Task task;
  task.voluntary = parse_number<std::uint64_t>(*voluntary).value_or(0);
  task.involuntary = parse_number<std::uint64_t>(*involuntary).value_or(0);
  if (const auto schedstat = read_text(folder + "/schedstat")) {
    std::string_view rest{*schedstat};
    task.cpu_ns = parse_number<std::uint64_t>(take_word(rest));
  }
  return task;
}

// Counters only grow: one that shrank belongs to a new thread under an old number.
bool same_task(const TreeUse::Task& before, const TreeUse::Task& after) {
  return after.voluntary >= before.voluntary && after.involuntary >= before.involuntary &&
         after.cpu_ns.value_or(0) >= before.cpu_ns.value_or(0);
}

}  // namespace

TreeSize measure_size(const std::vector<pid_t>& pids) {
  static const auto page_kib = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / 1024;
  TreeSize size;
  for (const auto pid : pids) {
    const auto stat = read_stat(folder_of(pid));
    if (!stat || !stat->alive()) continue;
    ++size.processes;
    size.threads += stat->threads;
    size.rss_kib += stat->rss_pages * page_kib;
  }
  return size;
}

TreeUse measure_use(const std::vector<pid_t>& pids) {
  TreeUse use;
  for (const auto pid : pids) {
    const auto folder = folder_of(pid);
    const auto stat = read_stat(folder);
    if (!stat || !stat->alive()) continue;
    use.processes[pid] = {stat->minor_faults + stat->reaped_minor_faults,
                          stat->major_faults + stat->reaped_major_faults};
    const auto tasks = folder + "/task";
    for (const auto thread : numbers_in(tasks)) {
      if (const auto task = read_task(tasks + "/" + std::to_string(thread))) use.tasks[thread] = *task;
    }
  }
  return use;
}

TreeDifference difference(const TreeUse& before, const TreeUse& after) {
  TreeDifference result;
  bool cpu_known = true;
  std::uint64_t cpu_ns = 0;
  std::uint64_t continued = 0;
  for (const auto& [thread, now] : after.tasks) {
    const auto then = before.tasks.find(thread);
    const bool old = then != before.tasks.end() && same_task(then->second, now);
    const auto base = old ? then->second : TreeUse::Task{};
    ++(old ? continued : result.tasks_started);
    result.voluntary += now.voluntary - base.voluntary;
    result.involuntary += now.involuntary - base.involuntary;
    cpu_known = cpu_known && now.cpu_ns;
    if (now.cpu_ns) cpu_ns += *now.cpu_ns - base.cpu_ns.value_or(0);
  }
  result.tasks_ended = before.tasks.size() - continued;
  if (cpu_known) result.cpu_us = static_cast<double>(cpu_ns) / 1000;
  for (const auto& [pid, now] : after.processes) {
    const auto then = before.processes.find(pid);
    const bool old =
        then != before.processes.end() && then->second.minor <= now.minor && then->second.major <= now.major;
    result.minor_faults += now.minor - (old ? then->second.minor : 0);
    result.major_faults += now.major - (old ? then->second.major : 0);
  }
  return result;
}

std::vector<pid_t> descendants(pid_t root) {
  std::vector<pid_t> found;
  if (::access(folder_of(root).c_str(), F_OK) != 0) return found;
  found.push_back(root);
  for (std::size_t next = 0; next < found.size(); ++next) {
    const auto tasks = folder_of(found[next]) + "/task";
    for (const auto thread : numbers_in(tasks)) {
      const auto text = read_text(tasks + "/" + std::to_string(thread) + "/children").value_or("");
      for (std::string_view rest = text; !rest.empty();) {
        if (const auto child = parse_number<pid_t>(take_word(rest))) found.push_back(*child);
      }
    }
  }
  return found;
}

}  // namespace bakeoff::measure
