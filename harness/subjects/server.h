// A subject that serves: started, ready on a port, stopped, with its receipt.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "harness/journal/trial.h"
#include "harness/subjects/process.h"

namespace bakeoff::subjects {

/// A subject that cannot be started, did not get ready, or ended when it should not have. what() is one line with the
/// last of its output.
class SubjectError : public std::runtime_error {
 public:
  SubjectError(journal::Outcome what_happened, const std::string& what)
      : std::runtime_error(what), outcome(what_happened) {}
  journal::Outcome outcome;  ///< died, limit or not_run.
};

class Server {
 public:
  /// Starts the command and waits for {"ready":true,"port":P}, or of a Unix socket "unix_socket" instead of the port,
  /// at most `timeout`. Its stderr goes to
  /// command.error_file, whose last lines are part of the error.
  static Server start(const Command& command, std::chrono::milliseconds timeout);

  /// For a program of others. `ask` is called again and again until it returns "", which means ready; what it returned
  /// last, the reason why not, is part of the error when `timeout` is over. `port` is the port that the program was
  /// told to take. `started` is called with the process as soon as there is one.
  static Server start(const Command& command, std::uint16_t port, std::chrono::milliseconds timeout,
                      const std::function<std::string(const Server&)>& ask, const std::function<void(pid_t)>& started);

  /// 0 for one that listens on a Unix socket.
  std::uint16_t port() const { return port_; }
  /// From exec until it was ready, which for a program of others is its first right answer.
  double startup_ms() const { return startup_ms_; }
  /// From exec until now.
  double ms_since_start() const;
  pid_t pid() const { return process_.pid(); }

  /// The line of JSON with this key that a program of others has printed (Process::printed_object).
  std::string printed_object(std::string_view key) const { return process_.printed_object(key); }

  /// Process::full_heap().
  std::string full_heap() const { return process_.full_heap(); }

  /// Throws SubjectError when it has ended by itself.
  void expect_alive();

  struct StopResult {
    ExitResult ended;
    std::optional<journal::ServerReceipt> receipt;
    double stop_ms = 0;
  };
  StopResult stop(std::chrono::milliseconds grace = std::chrono::seconds{2}, int signal = SIGTERM);

 private:
  using Clock = std::chrono::steady_clock;
  explicit Server(Process process) : process_(std::move(process)) {}

  Process process_;
  /// Process::start() returns when the program is there. What comes before it, a fork and joining a cgroup, is the
  /// harness's and takes about 12 ms: more than a small server needs to be ready.
  Clock::time_point executed_ = Clock::now();
  std::optional<std::uint64_t> memory_kills_;  ///< The machine's count when it was started.
  std::uint16_t port_ = 0;
  double startup_ms_ = 0;
};

/// How explain_end() begins: "the subject exited with 3: ...".
inline constexpr std::string_view kOfTheSubject = "the subject ";

/// The error that tells how a subject ended: its exit status and last output, or the limit of the system if it ended
/// for want of processes, threads, descriptors or memory. `killed_for_memory`: the kernel killed a process for want of
/// memory while it ran.
SubjectError explain_end(const ExitResult& ended, const std::string& said, bool killed_for_memory);

/// The same of this process, which may also have said that its heap is full: then the outcome is `limit`.
SubjectError explain_end(const ExitResult& ended, const Process& process, bool killed_for_memory);

}  // namespace bakeoff::subjects
