// Starts load agents (this same program, agent.h), agrees on start times with them, and merges their results.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/load/load_connection.h"
#include "harness/load/merge.h"
#include "harness/load/plan.h"
#include "harness/subjects/process.h"
#include "workloads/ledger.h"

namespace bakeoff::load {

/// A load that cannot be made. what() is one line.
class LoadError : public std::runtime_error {
 public:
  enum class Cause : std::uint8_t {
    server,  ///< It is not there, refuses connections, or fails verify.
    limit,   ///< More connections than the agents can hold or this machine has ports for.
    agent,   ///< One could not be started, was ended, failed or stopped answering: it says nothing of the server.
  };
  LoadError(const std::string& what, Cause cause_) : std::runtime_error(what), cause(cause_) {}
  Cause cause;
};

/// One load: its agents, from the first connection to the last. Starts as many agents as the connections need (a
/// process holds no more of them than its descriptor limit allows) and makes one result of theirs.
class Coordinator {
 public:
  static constexpr std::uint64_t kWindowLeadNs = 20'000'000;

  /// Starts the agents on `cpus`, in the cgroups of `join` (Command::join), and returns when they have verified and
  /// connected. plan.cpus and the fields below it are set here. Throws LoadError or subjects::Interrupted.
  Coordinator(const AgentPlan& plan, const std::vector<int>& cpus, const std::vector<std::filesystem::path>& join = {});

  std::uint64_t connected() const { return connected_; }
  /// Why not all of them are connected, in words; "" when all are.
  const std::string& limit() const { return limit_; }
  std::vector<pid_t> agent_pids() const;
  /// The server's, which every connection of the load goes to.
  const SocketAddress& peer() const { return peer_; }

  /// The window is [begin_ns, end_ns) on CLOCK_MONOTONIC.
  struct Window {
    std::uint64_t begin_ns = 0;
    std::uint64_t end_ns = 0;
  };
  /// A load of one window: warms up and drains for plan.warmup_s, and begins the window `lead_ns` from then: time to
  /// read what has to be read before it begins. Blocks for the warm-up. The result is due when the window is over.
  Window start(std::uint64_t lead_ns = kWindowLeadNs);

  /// A load in slices instead, with plan.report_windows. warm_up() is load that is not counted; slice() is a window.
  /// Each begins at once and blocks until what it has sent is answered (the drain), so that nothing is on its way when
  /// it returns. end() follows the last slice.
  void warm_up(double length_s);
  LoadWindow slice(double length_s);
  /// The slices so far were of the warm-up: the result and the draws begin with what follows, in slices or by start().
  void begin_anew();
  void end();

  /// Called for each interval of the window, about when it is over, with what all agents saw.
  using OnInterval = std::function<void(const LoadInterval&)>;

  /// Waits for the result; the connections stay open until the coordinator is destroyed (with plan.check_counter until
  /// the result). With `keep_partial` an interrupt makes the agents end their window early and their result is
  /// returned; otherwise subjects::Interrupted is thrown.
  AgentResult result(bool keep_partial = false, const OnInterval& on_interval = {});

 private:
  std::string read_line_from(subjects::Process& agent, std::chrono::milliseconds timeout, const char* what);
  void start_agent(const AgentPlan& part, const std::vector<int>& cpus, const std::vector<std::filesystem::path>& join);
  void send_to_all(const std::string& line);
  std::uint64_t head_start_ns() const;
  void collect(AgentResult& whole, const OnInterval& on_interval, std::chrono::milliseconds timeout);
  void try_login();
  void read_initial();
  void finish_counter_check(AgentResult& whole);
  void handle_line(const subjects::Process& agent, const std::string& text, AgentResult& whole,
                   const OnInterval& on_interval);
  [[noreturn]] void throw_agent_lost(subjects::Process& agent);

  AgentPlan plan_;
  std::vector<subjects::Process> agents_;
  std::uint64_t connected_ = 0;
  std::string limit_;
  bool limit_is_ours_ = false;
  SocketAddress peer_;
  std::optional<std::string> key_;        ///< The key that the load increments.
  std::int64_t initial_ = 0;              ///< Its value before.
  journal::ClientReceipt counter_reads_;  ///< What reading it came to.
  workloads::Ledger ledger_;              ///< The numbers of several agents.
  IntervalMerger intervals_{1};
  std::set<pid_t> results_;  ///< Agents that have given theirs.
};

}  // namespace bakeoff::load
