#include "harness/commands/load_once.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/commands/load_plan.h"
#include "harness/load/coordinator.h"
#include "harness/load/hints.h"
#include "harness/load/link.h"
#include "harness/load/monotonic.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/cpu_time.h"
#include "harness/measure/listeners.h"
#include "harness/measure/local_address.h"
#include "harness/measure/machine.h"
#include "harness/measure/netstat.h"
#include "harness/report/units.h"
#include "harness/validity/validity.h"

namespace bakeoff {
namespace {

/// How busy the busiest CPU beside the generator's was: whether a server on this machine was saturated. Absent when the
/// generator has every CPU.
std::optional<double> busiest_beside(const std::vector<int>& generator, const CpuTimes& before, const CpuTimes& after) {
  std::optional<double> busiest;
  for (const int cpu : allowed_cpus()) {
    if (std::find(generator.begin(), generator.end(), cpu) != generator.end()) continue;
    const auto share = foreign_cpu_share(before, after, {cpu}, 0);
    if (share && *share > busiest.value_or(0)) busiest = share;
  }
  return busiest;
}

/// One load as a row, so that outcome and validity are judged by the rules that the experiments use.
Trial row_of(const std::string& url, const AgentPlan& plan, const AgentResult& result, const SubjectRow& server) {
  Trial row;
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
  if (server.cpu_us && result.row.replies_ok != 0) {
    row.subject_cost->cpu_us_per_request = *server.cpu_us / static_cast<double>(result.row.replies_ok);
  }
  judge(row);
  return row;
}

HintContext hint_context(const AgentPlan& plan, const AcceptQueueCounters& accept_queue) {
  const Peer peer = resolve(plan.host, plan.port);
  const MachineLimits limits = read_machine_facts().limits;
  HintContext context;
  context.local = is_local_address(reinterpret_cast<const sockaddr*>(&peer.address), peer.length);
  context.listen_overflows = accept_queue.overflows;
  context.listen_drops = accept_queue.drops;
  context.somaxconn = limits.somaxconn;
  context.descriptors_soft = context.descriptors_hard = limits.nofile_hard;  // To which an agent raises its own.
  if (limits.port_first && limits.port_last) context.ports = *limits.port_last - *limits.port_first + 1;
  context.sources = std::max<std::uint64_t>(plan.sources.size(), 1);
  context.churn = plan.churn;
  context.connect_timeout_s = plan.connect_timeout_s;
  context.timeout_s = plan.timeout_s;
  return context;
}

}  // namespace

Loaded load_once(const std::string& url, const AgentPlan& plan, const std::vector<int>& cpus,
                 const LoadWatcher& watcher) {
  const auto say = [&](const std::string& phase) {
    if (watcher.phase) watcher.phase(phase);
  };
  const AcceptQueueCounters queue_before = read_accept_queue_counters();
  say("connecting");
  Coordinator load(plan, cpus);
  if (plan.warmup_s > 0) say("warming up for " + format_seconds(plan.warmup_s));
  // When it has accepted connections: before that, a server that forks has no children yet.
  LocalServer server = LocalServer::find(resolve(plan.host, plan.port).address);
  const Coordinator::Window window = load.start();
  server.begin();
  sleep_until_ns(window.begin_ns);
  const CpuTimes before = read_cpu_times();
  CpuTimes after = before;
  SubjectRow server_cost;
  const auto read_servers_side = [&] {
    after = read_cpu_times();
    server_cost = server.end();
  };
  if (plan.interval_s == 0) {
    sleep_until_ns(window.end_ns);
    read_servers_side();
  }
  const AgentResult result = load.result(true, [&](const LoadInterval& interval) {
    // The last interval ends with the window.
    if (now_ns() >= window.end_ns) read_servers_side();
    if (watcher.interval) watcher.interval(interval);
  });
  if (after.at_ns == before.at_ns) read_servers_side();  // The user ended the window.
  server_cost.cpu_share = busiest_beside(cpus, before, after);

  Loaded loaded{row_of(url, plan, result, server_cost), result.latency, server.description(), {}};
  if (!load.limit().empty()) {
    loaded.row.client->events.push_back(
        fmt::format("{} of {} connections could be opened: {}", load.connected(), plan.connections, load.limit()));
  }
  if (!loaded.row.client->errors.empty()) {
    loaded.hints = hints_for(loaded.row.client->errors,
                             hint_context(plan, difference(queue_before, read_accept_queue_counters())));
  }
  return loaded;
}

}  // namespace bakeoff
