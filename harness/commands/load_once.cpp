#include "harness/commands/load_once.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <optional>
#include <utility>

#include "harness/commands/load_plan.h"
#include "harness/load/coordinator.h"
#include "harness/load/hints.h"
#include "harness/load/load_connection.h"
#include "harness/measure/cpu_quota.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/cpu_time.h"
#include "harness/measure/local_address.h"
#include "harness/measure/local_server.h"
#include "harness/measure/machine.h"
#include "harness/measure/monotonic.h"
#include "harness/measure/netstat.h"
#include "harness/report/number_format.h"
#include "harness/subjects/interruption.h"
#include "harness/validity/validity.h"

namespace bakeoff::commands {
namespace {

constexpr std::uint64_t kLoadEndPollNs = 20'000'000;  ///< The end of a load may go unnoticed for this long.

/// How busy the busiest CPU was that is not the generator's: it shows whether a server on this machine was saturated.
/// Absent when the generator has every CPU.
std::optional<double> busiest_beside(const std::vector<int>& generator, const measure::CpuTimes& before,
                                     const measure::CpuTimes& after) {
  std::optional<double> busiest;
  for (const int cpu : measure::allowed_cpus()) {
    if (std::find(generator.begin(), generator.end(), cpu) != generator.end()) continue;
    const auto share = measure::foreign_cpu_share(before, after, {cpu}, 0);
    if (share && *share > busiest.value_or(0)) busiest = share;
  }
  return busiest;
}

/// What a row keeps of what a server on this machine used.
journal::SubjectRow subject_row_of(const measure::ServerUse& used) {
  journal::SubjectRow row;
  row.cpu_us = used.cpu_us;
  if (used.cpu_us) row.cpu_source = "cpuclock";
  row.switches_voluntary = used.switches_voluntary;
  row.switches_involuntary = used.switches_involuntary;
  row.minor_faults = used.minor_faults;
  row.major_faults = used.major_faults;
  row.rss_end_kib = used.rss_kib;
  row.pss_end_kib = used.pss_kib;
  row.threads_peak = used.threads;
  row.processes_peak = used.processes;
  return row;
}

/// How near a server on this machine came to what it can do: all of its CPUs in use, or all of one thread's time.
std::optional<double> server_share(const measure::LocalServer& server, const journal::SubjectRow& cost,
                                   double window_s) {
  const std::size_t cpus = server.cpus().size();
  if (!cost.cpu_us || cpus == 0 || !(window_s > 0)) return std::nullopt;
  return std::max(*cost.cpu_us / static_cast<double>(cpus), server.busiest_thread_us()) / (window_s * 1e6);
}

/// CPU time so far of everything that belongs to the load: its agents, and this program, which draws. nullopt when one
/// of them has ended.
std::optional<double> own_cpu_us(std::vector<pid_t> pids) {
  pids.push_back(::getpid());
  std::uint64_t ns = 0;
  for (const pid_t pid : pids) {
    const auto used = measure::process_cpu_ns(pid);
    if (!used) return std::nullopt;
    ns += *used;
  }
  return static_cast<double>(ns) / 1e3;
}

/// What CPU quotas did to either side.
struct Quotas {
  std::optional<measure::CpuQuota> server, load;
};

/// One load as a row, so that outcome and validity are judged by the rules that the experiments use.
journal::Trial load_row(const std::string& url, const load::AgentPlan& plan, const load::AgentResult& result,
                        const journal::SubjectRow& server, std::optional<double> others_share, const Quotas& quotas) {
  journal::Trial row;
  row.trial_id = "load";
  row.experiment = "load";
  row.workload = plan.workload;
  row.subject = url;
  row.params = params_of(plan);
  row.seed = plan.seed;
  row.client = result.row;
  row.client_receipt = result.receipt;
  row.outcome_detail = result.complaint;
  row.subject_cost = server;
  row.load_foreign_share = others_share;
  row.subject_quota = quotas.server;
  row.load_quota = quotas.load;
  if (server.cpu_us && result.row.replies_ok != 0) {
    row.subject_cost->cpu_us_per_request = *server.cpu_us / static_cast<double>(result.row.replies_ok);
  }
  validity::judge(row);
  return row;
}

bool is_local(const load::SocketAddress& peer) {
  return measure::is_local_address(reinterpret_cast<const sockaddr*>(&peer.address), peer.length);
}

bool overlap(const std::vector<int>& some, const std::vector<int>& others) {
  return std::any_of(some.begin(), some.end(),
                     [&](int cpu) { return std::find(others.begin(), others.end(), cpu) != others.end(); });
}

/// Calls a function when the scope is left.
class ScopeExit {
 public:
  explicit ScopeExit(std::function<void()> body) : body_(std::move(body)) {}
  ~ScopeExit() { body_(); }
  ScopeExit(const ScopeExit&) = delete;

 private:
  std::function<void()> body_;
};

load::HintContext hint_context(const load::AgentPlan& plan, const load::SocketAddress& peer,
                               const measure::AcceptQueueCounters& accept_queue) {
  const measure::MachineLimits limits = measure::read_machine_facts().limits;
  load::HintContext context;
  context.local = is_local(peer);
  context.unix_socket = peer.is_unix();
  context.listen_overflows = accept_queue.overflows;
  context.listen_drops = accept_queue.drops;
  context.somaxconn = limits.somaxconn;
  context.descriptors_soft = context.descriptors_hard = limits.nofile_hard;  // To which an agent raises its own.
  if (limits.port_first && limits.port_last) context.ports = *limits.port_last - *limits.port_first + 1;
  context.sources = std::max<std::uint64_t>(plan.sources.size(), 1);
  context.churn = plan.load.connections_come_and_go();
  context.connect_timeout_s = plan.connect_timeout_s;
  context.timeout_s = plan.timeout_s;
  return context;
}

}  // namespace

LoadResult load_once(const std::string& url, const load::AgentPlan& plan, const std::vector<int>& cpus,
                     const LoadWatcher& watcher) {
  const auto say = [&](const std::string& phase) {
    if (watcher.phase) watcher.phase(phase);
  };
  const measure::AcceptQueueCounters queue_before = measure::read_accept_queue_counters();
  say("connecting");
  load::Coordinator load(plan, cpus);
  if (plan.warmup_s > 0) say("warming up for " + report::format_seconds(plan.warmup_s));
  // When it has accepted connections: before that, a server that forks has no children yet.
  measure::LocalServer server = measure::LocalServer::find(load.peer().address);
  measure::QuotaWatch server_quota(server.processes()), load_quota(load.agent_pids());
  const load::Coordinator::Window window = load.start();
  server.begin();
  server_quota.begin();
  load_quota.begin();
  measure::sleep_until_ns(window.begin_ns, subjects::interrupted);
  const measure::CpuTimes before = measure::read_cpu_times();
  const std::vector<pid_t> agents = load.agent_pids();
  const auto own_before_us = own_cpu_us(agents);
  measure::CpuTimes after = before;
  std::optional<double> own_us;
  journal::SubjectRow server_cost;
  Quotas quotas;
  // The end is read by the clock, beside the wait for the agents, because what they say may come late.
  std::atomic<bool> over{false};
  std::future<void> reader = std::async(std::launch::async, [&] {
    while (!over && !subjects::interrupted && measure::now_ns() < window.end_ns)
      measure::sleep_until_ns(std::min(window.end_ns, measure::now_ns() + kLoadEndPollNs), subjects::interrupted);
    after = measure::read_cpu_times();
    own_us = own_cpu_us(agents);
    quotas = {server_quota.end(), load_quota.end()};
    server_cost = subject_row_of(server.end());
  });
  const ScopeExit end_reading([&] { over = true; });
  const load::AgentResult result = load.result(true, watcher.interval);
  over = true;
  reader.get();

  const bool shares_cpus = server.found() && overlap(server.cpus(), cpus);
  std::optional<double> others;
  if (own_us && own_before_us) *own_us -= *own_before_us;
  if (server.found()) {
    server_cost.cpu_share = server_share(server, server_cost, result.row.window_s);
    if (own_us) {
      others =
          measure::foreign_cpu_share(before, after, cpus, *own_us + (shares_cpus ? server_cost.cpu_us.value_or(0) : 0));
    }
  } else if (is_local(load.peer())) {
    server_cost.cpu_share = busiest_beside(cpus, before, after);
  } else if (own_us) {
    others = measure::foreign_cpu_share(before, after, cpus, *own_us);
  }
  LoadResult loaded{.row = load_row(url, plan, result, server_cost, others, quotas),
                    .latency = result.latency,
                    .server = server.description()};
  if (!load.limit().empty()) {
    const std::string what = load.connected() < plan.load.connections
                                 ? fmt::format("{} of {} connections", load.connected(), plan.load.connections)
                                 : "not all of the connections beside the load";
    loaded.row.client->events.push_back(what + " could be opened: " + load.limit());
  }
  if (loaded.row.client->wrong_answers > 0) {
    loaded.wrong_hint = load::hint_for_wrong(plan);
  }
  if (!loaded.row.client->errors.empty()) {
    loaded.hints = load::hints_for(
        loaded.row.client->errors,
        hint_context(plan, load.peer(), measure::difference(queue_before, measure::read_accept_queue_counters())));
  }
  return loaded;
}

}  // namespace bakeoff::commands
