#include "harness/load/coordinator.h"

#include <cerrno>
#include <ctime>
#include <stdexcept>

#include "harness/load/monotonic.h"

namespace bakeoff {

using std::chrono::milliseconds;

std::atomic<bool> interrupted{false};

void sleep_until_ns(std::uint64_t deadline_ns) {
  const timespec deadline{static_cast<time_t>(deadline_ns / 1'000'000'000),
                          static_cast<long>(deadline_ns % 1'000'000'000)};
  while (!interrupted && ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nullptr) == EINTR) {
  }
}

namespace {

/// The agent is this very program: /proc/self/exe is still the same file when a rebuild has replaced it on disk.
Command agent_command(const std::vector<int>& cpus) {
  Command command;
  command.argv = {"/proc/self/exe", "agent"};
  command.cpus = cpus;
  return command;
}

milliseconds seconds(double s) {
  return milliseconds{static_cast<std::int64_t>(s * 1000)};
}

constexpr milliseconds kLeeway{5000};  ///< For an agent on a machine that is busy with something else.

}  // namespace

Coordinator::Coordinator(const AgentPlan& plan, const std::vector<int>& cpus)
    : plan_(plan), agent_(Process::start(agent_command(cpus))) {
  agent_.write(to_json(plan_) + "\n");
  // Verify and connect may each take the whole connect timeout.
  const AgentReady ready = agent_ready_from_json(line(2 * seconds(plan_.connect_timeout_s) + kLeeway, "no word"));
  if (!ready.complaint.empty()) throw LoadError(ready.complaint);
  connected_ = ready.connected;
}

Coordinator::Window Coordinator::start() {
  AgentStart start;
  start.start_ns = now_ns() + 2'000'000;
  start.window_ns = start.start_ns + static_cast<std::uint64_t>(plan_.warmup_s * 1e9);
  if (plan_.warmup_s > 0) start.window_ns += static_cast<std::uint64_t>(kDrainGap_s * 1e9);
  if (!agent_.write(to_json(start) + "\n")) throw LoadError("the load agent is gone");
  return {start.window_ns, start.window_ns + static_cast<std::uint64_t>(plan_.window_s * 1e9)};
}

AgentResult Coordinator::result(bool keep_partial) {
  const auto limit = seconds(plan_.warmup_s + plan_.window_s + plan_.drain_timeout_s) + kLeeway;
  try {
    return agent_result_from_json(line(limit, "no result"));
  } catch (const Interrupted&) {
    if (!keep_partial) throw;
    if (agent_.running()) ::kill(agent_.pid(), SIGTERM);
    interrupted = false;  // so that the partial result can be waited for; a second Ctrl-C ends that wait too
    AgentResult partial = agent_result_from_json(line(seconds(plan_.drain_timeout_s) + kLeeway, "no result"));
    interrupted = true;
    return partial;
  }
}

std::string Coordinator::line(milliseconds timeout, const char* what) {
  const std::uint64_t deadline = now_ns() + static_cast<std::uint64_t>(timeout.count()) * 1'000'000;
  while (now_ns() < deadline) {
    if (interrupted) throw Interrupted();
    const auto left = milliseconds{static_cast<std::int64_t>((deadline - now_ns()) / 1'000'000) + 1};
    if (auto text = agent_.read_line(left)) return *text;
    if (agent_.output_ended()) {
      const auto ended = agent_.wait(kLeeway);
      throw LoadError("the load agent " + (ended ? ended->describe() : std::string("closed its output")));
    }
  }
  throw LoadError(std::string("the load agent gave ") + what + " within its time");
}

}  // namespace bakeoff
