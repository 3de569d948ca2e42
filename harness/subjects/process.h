// The only place that starts children: subjects, load agents, clients in tests.
//
// A child gets its own process group, so that kill(-pid) reaches its whole tree, and never its own session: autogroup
// scheduling would give it a CPU share of its own. It dies when the harness dies (PR_SET_PDEATHSIG), runs on the CPUs
// and in the cgroup it is told to, inherits no descriptor but its three, with default signals. The harness is a
// subreaper, so that orphans of a subject are found and reaped.
// Who waits: every call below says how long. Not thread-safe: start children from the main thread only, because the
// parent-death signal follows the thread that forked.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "harness/measure/owned_descriptor.h"
#include "harness/subjects/full_heap.h"

namespace bakeoff::subjects {

/// An unprivileged identity for a child of a harness that runs as root.
struct Identity {
  uid_t uid = 65534;
  gid_t gid = 65534;
};

struct Command {
  std::vector<std::string> argv{};            ///< argv[0] is looked up on PATH when it has no slash. No shell.
  std::filesystem::path directory{};          ///< "" keeps the harness's.
  std::vector<int> cpus{};                    ///< Empty keeps the harness's.
  std::optional<Identity> identity{};         ///< Absent keeps the harness's.
  std::vector<std::filesystem::path> join{};  ///< cgroup.procs files that the child writes itself into.
  std::filesystem::path error_file{};         ///< Where stderr goes, appended; "" is the harness's own stderr. No link.
  bool output_to_error_file = false;          ///< stdout too, for a program whose output is not ours.
  bool outlives_harness = false;              ///< It goes on when the harness dies; it has to end by itself then.
  std::optional<std::vector<std::string>> environment{};  ///< "NAME=VALUE" each. Absent keeps the harness's.
  /// Set for a program that is not ours: the most that it may write into one file. It then also leaves no core, gains
  /// no rights by what it starts, and makes files for its own user only; its error file must not have been there
  /// before.
  std::optional<std::uint64_t> most_file_bytes{};
  HeapWords heap{};  ///< How it says that its heap is full.
};

struct ExitResult {
  bool exited = false;  ///< false: ended by `signal`.
  int status = 0;       ///< Exit status when exited.
  int signal = 0;
  bool killed = false;           ///< The grace was over and SIGKILL was sent.
  int orphans = 0;               ///< Processes of the group that outlived their leader and had to be killed.
  rusage usage{};                ///< What the leader and the children that it reaped used.
  std::string describe() const;  ///< "exited with 3", "killed by SIGSEGV", ...
};

/// Whether an errno says that the machine had no more processes, memory or open files at that moment. The next trial
/// may be luckier.
bool is_resource_exhaustion(int code);

/// The program is not there, or cannot be executed (as the user that it is to run as).
class CannotExecute : public std::system_error {
 public:
  using std::system_error::system_error;
};

class Process {
 public:
  /// Starts the child and returns when exec has succeeded. Throws when it has not, naming the step and the program:
  /// CannotExecute where it lies with the program, otherwise std::system_error, which is about this process and would
  /// meet the next program too. No zombie is left behind.
  static Process start(const Command& command);

  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  /// Kills and reaps the whole group when stop() was not called.
  ~Process();

  pid_t pid() const { return pid_; }

  /// Waits until a whole line has come on the child's stdout, at most `timeout`. nullopt when the time is over or the
  /// stream has ended (output_ended() tells which). The line comes without its newline.
  std::optional<std::string> read_line(std::chrono::milliseconds timeout);
  bool output_ended() const { return output_ended_; }

  /// Writes all of `text` to the child's stdin; false when it no longer reads. Blocks while the pipe is full.
  bool write(std::string_view text);
  void close_input();

  /// Waits at most `timeout` for the child to end by itself, and reaps it and what its group left. Once it has been
  /// reaped, wait() and stop() do nothing and return an empty ExitResult.
  std::optional<ExitResult> wait(std::chrono::milliseconds timeout);

  /// Sends `signal` to the leader, waits for `grace`, then kills the whole group. Always reaps; returns how it ended.
  ExitResult stop(int signal = SIGTERM, std::chrono::milliseconds grace = std::chrono::milliseconds{2000});

  /// What it has printed into its error file (child_output.h), which is never opened by its name again; "" without one.
  /// All work after its end, too.
  std::string last_output() const;
  std::string first_output() const;
  /// Whether it has said that its heap is full (why_heap_is_full()), in its last 64 KiB; "" where it has not.
  std::string full_heap() const;
  std::string printed_object(std::string_view key) const;

  /// False once it has been reaped.
  bool running() const { return pid_ > 0; }

 private:
  Process() = default;
  ExitResult reap(bool killed);

  pid_t pid_ = -1;
  measure::OwnedDescriptor pidfd_, input_, output_;
  measure::OwnedDescriptor error_file_;  ///< None without Command::error_file.
  bool output_ended_ = false;
  std::string buffered_;
  HeapWords heap_;
};

/// Every process whose process group is `group`, from /proc; empty when nothing is left of it.
std::vector<pid_t> processes_of_group(pid_t group);

}  // namespace bakeoff::subjects
