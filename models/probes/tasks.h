// What the kernel shows of a task, which is its word for a thread, in /proc/PID/task/TID: ps reads the same.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::models::probes {

struct Task {
  pid_t pid = 0, tid = 0;
  char state = '-';       ///< 'R' runs or is ready to, 'S' sleeps, 'T' is stopped, 'Z' has ended and was not reaped.
  std::string command{};  ///< What the task is called: 15 characters at most.
};

/// Of the text of a file `stat`: "12 (a name) S 1 ...". nullopt where it is something else.
std::optional<Task> parse_task(pid_t pid, std::string_view stat);

/// nullopt where there is no such task.
std::optional<Task> read_task(pid_t pid, pid_t tid);

/// The task as a line of `ps -L -o pid,tid,s,comm`, without its padding: "12 12 S a name".
std::string ps_line(const Task& task);

/// The threads of a process, by number; empty where there is no such process.
std::vector<pid_t> tids_of(pid_t pid);

/// A line of /proc/PID/status: "Threads" is 3. nullopt where there is none.
std::optional<std::uint64_t> status_number(pid_t pid, std::string_view name);

/// For how long a task was ready to run and had no CPU, since it began. nullopt where the kernel does not count that.
std::optional<std::uint64_t> run_delay_ns(pid_t pid, pid_t tid);

/// Waits until the task's state is `state`, for a second at most. What was seen last.
std::optional<Task> await_state(pid_t pid, pid_t tid, char state);

/// What ps calls the calling thread from now on.
void name_this_thread(const char* name);

}  // namespace bakeoff::models::probes
