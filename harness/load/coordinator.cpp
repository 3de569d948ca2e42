#include "harness/load/coordinator.h"

#include <algorithm>
#include <stdexcept>
#include <system_error>

#include "harness/load/blocking_connection.h"
#include "harness/load/counter_check.h"
#include "harness/load/load_connection.h"
#include "harness/load/merge.h"
#include "harness/load/partition.h"
#include "harness/load/reachable_address.h"
#include "harness/load/redis_login.h"
#include "harness/measure/descriptor_limit.h"
#include "harness/measure/monotonic.h"
#include "harness/subjects/interruption.h"

namespace bakeoff::load {

using std::chrono::milliseconds;

namespace {

/// The agent is this very program: /proc/self/exe is still the same file when a rebuild has replaced it on disk.
subjects::Command agent_command(const std::vector<int>& cpus, const std::vector<std::filesystem::path>& join) {
  subjects::Command command;
  command.join = join;
  command.argv = {"/proc/self/exe", "agent"};
  command.cpus = cpus;
  return command;
}

milliseconds seconds(double s) {
  return milliseconds{static_cast<std::int64_t>(s * 1000)};
}

/// The user's interrupt is not forgotten, however the wait for the partial result ends.
struct RestoreInterrupted {
  ~RestoreInterrupted() { subjects::interrupted = true; }
};

constexpr std::uint64_t kHeadStartNs = 2'000'000;
constexpr std::uint64_t kHeadStartAloneNs = 300'000;  ///< Where there is one agent.
constexpr milliseconds kLeeway{5000};                 ///< For an agent on a machine that is busy with something else.

using Cause = LoadError::Cause;

/// What `read` makes of an agent's line.
template <typename Read>
auto parsed(Read read) {
  try {
    return read();
  } catch (const std::runtime_error& error) {
    throw LoadError(error.what(), Cause::agent);
  }
}

/// Throws what an agent complains of.
AgentReady ready_or_throw(const std::string& line) {
  AgentReady ready = parsed([&] { return agent_ready_from_json(line); });
  if (!ready.complaint.empty()) throw LoadError(ready.complaint, ready.ours ? Cause::agent : Cause::server);
  return ready;
}

}  // namespace

Coordinator::Coordinator(const AgentPlan& plan, const std::vector<int>& cpus,
                         const std::vector<std::filesystem::path>& join)
    : plan_(plan) {
  const std::uint64_t descriptors = measure::most_descriptors();  // An agent raises its own to it.
  const std::uint64_t most = most_connections(descriptors);
  const std::uint64_t wanted = plan.load.all_connections();
  if (wanted > most) {
    throw LoadError(std::to_string(wanted) + " connections: the descriptor limit of " + std::to_string(descriptors) +
                        " a process (ulimit -Hn) lets " + std::to_string(kMostAgents) + " load agents hold " +
                        std::to_string(most),
                    Cause::limit);
  }
  try {
    peer_ = reachable_address(plan, subjects::interrupted);
  } catch (const std::runtime_error& error) {
    if (subjects::interrupted) throw subjects::Interrupted();
    throw LoadError(error.what(), Cause::server);
  }
  if (!peer_.is_unix()) plan_.host = peer_.host();  // All agents connect to the address that was found.
  if (plan.login.wanted()) try_login();
  key_ = incremented_key(plan.workload, plan.load.request);
  if (key_ && plan.check_counter) read_initial();
  // Verify and the last handshakes may each take the whole connect timeout; a thousand connections take well below a
  // second where the server accepts them.
  const auto patience = 2 * seconds(plan_.connect_timeout_s) + kLeeway +
                        seconds(static_cast<double>(plan_.load.connections + plan_.load.idle) / 1000);
  // One after the other: the first verifies while the server has no other connection, and the pace of connecting is
  // that of one.
  for (const AgentPlan& part : partition(plan_, cpus, descriptors, peer_.is_ipv4_loopback())) {
    start_agent(part, cpus, join);
    const AgentReady ready = ready_or_throw(read_line_from(agents_.back(), patience, "no word"));
    connected_ += ready.connected;
    if (limit_.empty()) limit_ = ready.limit;
    limit_is_ours_ = limit_is_ours_ || ready.ours;
  }
  if (connected_ == 0) throw LoadError(limit_, limit_is_ours_ ? Cause::limit : Cause::server);
  intervals_ = IntervalMerger(agents_.size());
}

void Coordinator::start_agent(const AgentPlan& part, const std::vector<int>& cpus,
                              const std::vector<std::filesystem::path>& join) {
  try {
    agents_.push_back(subjects::Process::start(agent_command(cpus, join)));
  } catch (const std::system_error& error) {
    throw LoadError(std::string("a load agent: ") + error.what(), Cause::agent);
  }
  agents_.back().write(to_json(part) + "\n");
}

/// A load that is not let in, or would write into another database, does not begin.
void Coordinator::try_login() {
  try {
    BlockingConnection connection(peer_, measure::now_ns() + static_cast<std::uint64_t>(plan_.timeout_s * 1e9),
                                  subjects::interrupted);
    log_in(connection, plan_.login);
  } catch (const ExchangeError& error) {
    if (subjects::interrupted) throw subjects::Interrupted();
    throw LoadError(error.what(), Cause::server);
  }
}

void Coordinator::read_initial() {
  try {
    initial_ = read_counter(peer_, plan_.login, *key_, plan_.timeout_s, subjects::interrupted, counter_reads_);
  } catch (const std::runtime_error& error) {
    if (subjects::interrupted) throw subjects::Interrupted();
    throw LoadError(error.what(), Cause::server);
  }
}

/// Lost updates: what the key came to, beside what was acknowledged.
void Coordinator::finish_counter_check(AgentResult& whole) {
  agents_.clear();  // A model whose units are all taken could not answer one connection more.
  journal::CounterCheck check;
  check.initial = initial_;
  check.acknowledged = static_cast<std::uint64_t>(whole.receipt.increments_acknowledged.value_or(0));
  check.unacknowledged = whole.increments_sent - std::min(whole.increments_sent, check.acknowledged);
  check.duplicates = whole.duplicates;
  std::vector<std::string>& events = whole.row.events;
  const std::atomic<bool> never{false};  // After an interrupt too: the partial result is a result.
  try {
    // A server that has stopped answering is not waited for that long again.
    check.final = read_counter(peer_, plan_.login, *key_, std::min(plan_.timeout_s, 1.0), never, counter_reads_);
    check = with_losses(check);
    whole.row.counter = check;
    const auto more = counter_events(check, whole.ledger_complete && ledger_.complete());
    events.insert(events.end(), more.begin(), more.end());
  } catch (const std::runtime_error& error) {
    events.push_back("the counter could not be read after the load: " + std::string(error.what()));
  }
  whole.receipt.requests += counter_reads_.requests;
  whole.receipt.acknowledged += counter_reads_.acknowledged;
  whole.receipt.bytes_sent += counter_reads_.bytes_sent;
  whole.receipt.bytes_received += counter_reads_.bytes_received;
}

std::vector<pid_t> Coordinator::agent_pids() const {
  std::vector<pid_t> pids;
  for (const subjects::Process& agent : agents_) pids.push_back(agent.pid());
  return pids;
}

/// The agents say when the last reply is there (the drain): nothing of this load is on its way when this returns.
void Coordinator::warm_up(double length_s) {
  send_to_all(to_json(AgentStart{LoadPhase::warm_up, measure::now_ns() + head_start_ns(), length_s}));
  const auto limit = seconds(length_s + plan_.timeout_s) + kLeeway;
  for (subjects::Process& agent : agents_) {
    ready_or_throw(read_line_from(agent, limit, "no word of the end of its warm-up"));
  }
}

Coordinator::Window Coordinator::start(std::uint64_t lead_ns) {
  warm_up(plan_.warmup_s);
  const std::uint64_t begin = measure::now_ns() + lead_ns;
  send_to_all(to_json(AgentStart{LoadPhase::window, begin, plan_.window_s}));
  end();  // No phase follows this window: after it the agents give their results.
  return {begin, begin + static_cast<std::uint64_t>(plan_.window_s * 1e9)};
}

LoadWindow Coordinator::slice(double length_s) {
  send_to_all(to_json(AgentStart{LoadPhase::window, measure::now_ns() + head_start_ns(), length_s}));
  const auto limit = seconds(length_s + plan_.timeout_s) + kLeeway;
  LoadWindow whole;
  for (subjects::Process& agent : agents_) {
    const std::string line = read_line_from(agent, limit, "no word of the end of its slice");
    if (!is_window(line)) {
      ready_or_throw(line);
      throw LoadError("a load agent answered with \"" + line.substr(0, 200) + "\" instead of a slice", Cause::agent);
    }
    merge(whole, parsed([&] { return window_from_json(line); }));
  }
  return whole;
}

void Coordinator::begin_anew() {
  send_to_all(to_json(AgentStart{.phase = LoadPhase::anew}));
}

void Coordinator::end() {
  send_to_all(to_json(AgentStart{.phase = LoadPhase::end}));
}

/// Agents begin together. By then the last of them must have been told, and have its threads.
std::uint64_t Coordinator::head_start_ns() const {
  return agents_.size() == 1 ? kHeadStartAloneNs : kHeadStartNs;
}

AgentResult Coordinator::result(bool keep_partial, const OnInterval& on_interval) {
  const auto limit = seconds(plan_.window_s + plan_.timeout_s) + kLeeway;
  AgentResult whole;
  try {
    collect(whole, on_interval, limit);
  } catch (const subjects::Interrupted&) {
    if (!keep_partial) throw;
    for (const subjects::Process& agent : agents_) {
      if (agent.running()) ::kill(agent.pid(), SIGTERM);
    }
    subjects::interrupted = false;  // so that the partial result can be waited for; a second Ctrl-C ends that wait too
    const RestoreInterrupted restore;
    collect(whole, {}, seconds(plan_.timeout_s) + kLeeway);
  }
  finish(whole, plan_.load.is_open());
  if (!tells_pauses(plan_.load)) whole.row.subject_pauses.reset();
  if (key_) {
    whole.duplicates += ledger_.duplicates();
    if (plan_.check_counter) finish_counter_check(whole);
    // The receipt's field is the one key's whose value a server's receipt can tell.
    if (*key_ != "counter") whole.receipt.increments_acknowledged.reset();
  }
  return whole;
}

/// Reads every agent to its result. Those that have given theirs (`whole` has it) are not asked again.
void Coordinator::collect(AgentResult& whole, const OnInterval& on_interval, milliseconds timeout) {
  const std::uint64_t deadline = measure::now_ns() + static_cast<std::uint64_t>(timeout.count()) * 1'000'000;
  // Each in turn and for a short while, so that no agent has to wait for room to write an interval into.
  const milliseconds turn{std::max<std::int64_t>(100 / static_cast<std::int64_t>(agents_.size()), 1)};
  while (results_.size() < agents_.size()) {
    for (subjects::Process& agent : agents_) {
      if (results_.contains(agent.pid())) continue;
      if (subjects::interrupted) throw subjects::Interrupted();
      if (const auto text = agent.read_line(turn)) {
        handle_line(agent, *text, whole, on_interval);
      } else if (agent.output_ended()) {
        throw_agent_lost(agent);
      }
    }
    if (measure::now_ns() >= deadline) throw LoadError("a load agent gave no result within its time", Cause::agent);
  }
}

void Coordinator::handle_line(const subjects::Process& agent, const std::string& text, AgentResult& whole,
                              const OnInterval& on_interval) {
  if (is_window(text)) return;  // That of start(): the result has it.
  if (is_interval(text)) {
    const LoadInterval part = parsed([&] { return interval_from_json(text); });
    if (const auto interval = intervals_.add(part); interval && on_interval) on_interval(*interval);
  } else if (is_result(text)) {
    const AgentResult part = parsed([&] { return agent_result_from_json(text); });
    merge(whole, part);
    if (!part.ledger.empty()) ledger_.merge(workloads::Ledger::from_text(part.ledger));
    results_.insert(agent.pid());
  } else {
    ready_or_throw(text);
    throw LoadError("a load agent answered with \"" + text.substr(0, 200) + "\" instead of a result", Cause::agent);
  }
}

void Coordinator::send_to_all(const std::string& line) {
  for (subjects::Process& agent : agents_) {
    if (!agent.write(line + "\n")) throw_agent_lost(agent);
  }
}

void Coordinator::throw_agent_lost(subjects::Process& agent) {
  const auto ended = agent.wait(kLeeway);
  const std::string how = !ended ? "closed its output" : ended->exited ? ended->describe() : "was " + ended->describe();
  throw LoadError("a load agent " + how + " before it gave its result", Cause::agent);
}

std::string Coordinator::read_line_from(subjects::Process& agent, milliseconds timeout, const char* what) {
  const std::uint64_t deadline = measure::now_ns() + static_cast<std::uint64_t>(timeout.count()) * 1'000'000;
  while (measure::now_ns() < deadline) {
    if (subjects::interrupted) throw subjects::Interrupted();
    const auto left = milliseconds{static_cast<std::int64_t>((deadline - measure::now_ns()) / 1'000'000) + 1};
    if (auto text = agent.read_line(left)) return *text;
    if (agent.output_ended()) throw_agent_lost(agent);
  }
  throw LoadError(std::string("a load agent gave ") + what + " in time", Cause::agent);
}

}  // namespace bakeoff::load
