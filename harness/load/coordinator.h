// Starts a load agent, agrees on a start time with it, and takes its result.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/load/plan.h"
#include "harness/subjects/process.h"

namespace bakeoff {

/// True once the user asked the program to stop (Ctrl-C, SIGTERM). Set by a signal handler; every wait of the harness
/// ends early then.
extern std::atomic<bool> interrupted;

/// A load that cannot be made: the agent died, the server is not there, verify failed. what() is one line.
class LoadError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The user's stop, as it unwinds through a trial.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

class Coordinator {
 public:
  /// Starts the agent on `cpus` and returns when it has verified and connected. Throws LoadError or Interrupted.
  Coordinator(const AgentPlan& plan, const std::vector<int>& cpus);

  std::uint64_t connected() const { return connected_; }

  /// Begins the load. The window is [begin_ns, end_ns) on CLOCK_MONOTONIC.
  struct Window {
    std::uint64_t begin_ns = 0;
    std::uint64_t end_ns = 0;
  };
  Window start();

  /// Waits for the result; the connections stay open until the coordinator is destroyed. With `keep_partial` an
  /// interrupt makes the agent end its window early and its result is returned; otherwise Interrupted is thrown.
  AgentResult result(bool keep_partial = false);

  pid_t agent_pid() const { return agent_.pid(); }

 private:
  std::string line(std::chrono::milliseconds timeout, const char* what);

  AgentPlan plan_;
  Process agent_;
  std::uint64_t connected_ = 0;
};

/// Sleeps until `deadline_ns` on CLOCK_MONOTONIC; returns early when interrupted.
void sleep_until_ns(std::uint64_t deadline_ns);

}  // namespace bakeoff
