#include "harness/doctor/read_watch.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "harness/measure/plain_text.h"
#include "harness/measure/text_file.h"

namespace bakeoff::doctor {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kWatch{500};
// From include/linux/sched.h; part of what /proc/PID/stat has always shown.
constexpr std::uint64_t kIsKernelThread = 0x0020'0000;
constexpr std::uint64_t kMayNotMove = 0x0400'0000;
constexpr std::size_t kParent = 1, kFlags = 6, kUser = 11, kSystem = 12, kStarted = 19;  // Words behind the name.

/// The time of all threads that live; the process's own schedstat has that of its first one only.
std::optional<std::uint64_t> cpu_ns_of_threads(const fs::path& process) {
  std::error_code failed;
  std::optional<std::uint64_t> sum;
  for (fs::directory_iterator task{process / "task", failed}, end; !failed && task != end; task.increment(failed)) {
    const auto text = measure::read_text(task->path() / "schedstat");
    std::string_view rest = text ? std::string_view{*text} : std::string_view{};
    if (const auto ns = measure::parse_number<std::uint64_t>(measure::take_word(rest))) sum = sum.value_or(0) + *ns;
  }
  return sum;
}

/// From a process up to the first, itself included.
std::vector<pid_t> ancestors_of(const std::map<pid_t, ProcessReading>& processes, pid_t pid) {
  std::vector<pid_t> line;
  // A tree that was read while it changed may lead in a circle.
  for (auto at = processes.find(pid); at != processes.end() && line.size() < processes.size();
       at = processes.find(at->second.parent)) {
    line.push_back(at->first);
  }
  return line;
}

bool has(const std::vector<pid_t>& line, pid_t pid) {
  return std::find(line.begin(), line.end(), pid) != line.end();
}

std::vector<int> cpus_of(const measure::CpuTimes& times) {
  std::vector<int> cpus;
  for (const auto& [cpu, busy] : times.busy_ns) cpus.push_back(cpu);
  return cpus;
}

}  // namespace

std::optional<ProcessReading> parse_process_stat(std::string_view text) {
  // The name stands in parentheses and may hold any character, parentheses too.
  const auto open = text.find('('), close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  ProcessReading reading{.name = measure::plain_line(text.substr(open + 1, close - open - 1))};
  text.remove_prefix(close + 1);
  std::vector<std::string_view> words;
  while (words.size() <= kStarted) {
    const auto word = measure::take_word(text);
    if (word.empty()) return std::nullopt;
    words.push_back(word);
  }
  const auto number = [&](std::size_t at) { return measure::parse_number<std::uint64_t>(words[at]).value_or(0); };
  reading.kernel_thread = (number(kFlags) & kIsKernelThread) != 0;
  reading.bound = reading.kernel_thread && (number(kFlags) & kMayNotMove) != 0;
  reading.parent = static_cast<pid_t>(number(kParent));
  reading.started = number(kStarted);
  const auto ticks_a_second = static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_CLK_TCK)));
  reading.cpu_ns = (number(kUser) + number(kSystem)) * (1'000'000'000 / ticks_a_second);
  return reading;
}

std::map<pid_t, ProcessReading> read_processes_below(const fs::path& root) {
  std::map<pid_t, ProcessReading> processes;
  std::error_code failed;
  for (fs::directory_iterator entry{root / "proc", failed}, end; !failed && entry != end; entry.increment(failed)) {
    const auto pid = measure::parse_number<pid_t>(entry->path().filename().string());
    if (!pid) continue;
    const auto text = measure::read_text(entry->path() / "stat");
    auto reading = text ? parse_process_stat(*text) : std::nullopt;
    if (!reading) continue;
    if (const auto exact = cpu_ns_of_threads(entry->path())) reading->cpu_ns = *exact;
    processes.emplace(*pid, std::move(*reading));
  }
  return processes;
}

bool runs_bakeoff(pid_t pid) {
  const fs::path process = fs::path("/proc") / std::to_string(pid);
  std::error_code hidden;
  if (fs::equivalent(process / "exe", "/proc/self/exe", hidden)) return true;
  std::string file = fs::read_symlink(process / "exe", hidden).string();
  // A build replaces its programs while they run.
  constexpr std::string_view kReplaced = " (deleted)";
  if (file.ends_with(kReplaced)) file.resize(file.size() - kReplaced.size());
  const std::map<std::string, std::string> pair{{"bakeoff", "bakeoff-subject"}, {"bakeoff-subject", "bakeoff"}};
  const auto other = pair.find(fs::path(file).filename());
  // By way of its own root: it may be in a container.
  return other != pair.end() &&
         fs::exists(process / "root" / fs::path(file).relative_path().parent_path() / other->second, hidden);
}

std::map<pid_t, pid_t> owning_bakeoff(const std::map<pid_t, ProcessReading>& processes, const std::set<pid_t>& programs,
                                      pid_t own) {
  std::map<pid_t, pid_t> owners;
  for (const auto& [pid, reading] : processes) {
    const std::vector<pid_t> line = ancestors_of(processes, pid);
    if (has(line, own)) continue;
    const auto first = std::find_if(line.rbegin(), line.rend(), [&](pid_t each) { return programs.contains(each); });
    if (first != line.rend()) owners[pid] = *first;
  }
  return owners;
}

std::vector<Neighbour> busiest(const std::map<pid_t, ProcessReading>& before,
                               const std::map<pid_t, ProcessReading>& after, double elapsed_s, pid_t own) {
  std::vector<Neighbour> busy;
  if (elapsed_s <= 0) return busy;
  for (const auto& [pid, now] : after) {
    const auto then = before.find(pid);
    const bool new_one = then == before.end() || then->second.started != now.started;
    const std::uint64_t used_before = new_one ? 0 : then->second.cpu_ns;
    if (pid == own || now.cpu_ns <= used_before) continue;  // Less: threads of it have ended.
    const double seconds = static_cast<double>(now.cpu_ns - used_before) / 1e9;
    busy.push_back({pid, now.name, seconds / elapsed_s, now.kernel_thread, now.bound});
  }
  std::stable_sort(busy.begin(), busy.end(),
                   [](const Neighbour& a, const Neighbour& b) { return a.cpu_share > b.cpu_share; });
  return busy;
}

std::optional<double> in_use(const measure::CpuTimes& before, const measure::CpuTimes& after, double own_cpu_us) {
  const auto cpus = cpus_of(before);
  return cpus.empty() ? std::nullopt : measure::foreign_cpu_share(before, after, cpus, own_cpu_us);
}

WatchFacts watch_machine(const std::vector<std::string>& servers) {
  const auto own_us = [] { return static_cast<double>(measure::process_cpu_ns(::getpid()).value_or(0)) / 1000; };
  const auto processes_before = read_processes_below("/");
  const double own_before = own_us();
  const measure::CpuTimes cpus_before = measure::read_cpu_times();
  std::this_thread::sleep_for(kWatch);
  const measure::CpuTimes cpus_after = measure::read_cpu_times();
  const double own_after = own_us();
  const auto processes_after = read_processes_below("/");

  WatchFacts watch;
  watch.watched_s = static_cast<double>(cpus_after.at_ns - cpus_before.at_ns) / 1e9;
  std::set<pid_t> programs;
  for (const auto& [pid, reading] : processes_after) {
    if (!reading.kernel_thread && runs_bakeoff(pid)) programs.insert(pid);
  }
  const auto owners = owning_bakeoff(processes_after, programs, ::getpid());
  std::map<pid_t, double> bakeoffs;
  for (const auto& [pid, owner] : owners) bakeoffs[owner] += 0;
  const auto above = ancestors_of(processes_after, ::getpid());
  for (Neighbour& each : busiest(processes_before, processes_after, watch.watched_s, ::getpid())) {
    if (const auto owner = owners.find(each.pid); owner != owners.end()) {
      bakeoffs[owner->second] += each.cpu_share;
    } else {
      each.above = has(above, each.pid);
      watch.busiest.push_back(std::move(each));
    }
  }
  for (const auto& [pid, share] : bakeoffs) watch.bakeoffs.push_back({pid, share});
  watch.in_use_share = in_use(cpus_before, cpus_after, own_after - own_before);
  std::vector<int> stolen_from;
  for (const auto& [cpu, stolen] : cpus_before.steal_ns) stolen_from.push_back(cpu);
  if (!stolen_from.empty()) watch.steal_share = measure::steal_share(cpus_before, cpus_after, stolen_from);
  for (const std::string& server : servers) {
    const bool runs = std::any_of(processes_after.begin(), processes_after.end(), [&](const auto& each) {
      return each.second.name == server.substr(0, 15) && !owners.contains(each.first);
    });
    if (runs) watch.servers.push_back(server);
  }
  return watch;
}

}  // namespace bakeoff::doctor
