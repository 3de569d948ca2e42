// bakeoff load URL: a load against any server, by the same agents that the experiments use.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "harness/commands/commands.h"
#include "harness/journal/trial_json.h"
#include "harness/load/coordinator.h"
#include "harness/load/url.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/cpu_time.h"
#include "harness/report/table.h"
#include "harness/validity/validity.h"
#include "workloads/catalogue.h"

namespace bakeoff {
namespace {

void in_range(const char* option, std::uint64_t found, std::uint64_t most) {
  if (found < 1 || found > most) {
    throw UsageError(fmt::format("{}: found {}, expected a number from 1 to {}", option, found, most));
  }
}

/// "5000", "20k", "1.5M": requests a second.
double parse_rate(std::string_view text, const std::string& whole) {
  double rate = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rate);
  const std::string_view suffix(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const double unit = suffix.empty() ? 1 : suffix == "k" ? 1e3 : suffix == "M" ? 1e6 : 0;
  if (error != std::errc{} || !(rate * unit > 0) || rate * unit > 1e8) {
    throw UsageError(fmt::format(
        "--rate: found \"{}\", expected requests a second above 0 as 5000 or 20k, or a ramp as 1k:20k", whole));
  }
  return rate * unit;
}

void plan_arrivals(const LoadOptions& options, AgentPlan& plan) {
  plan.poisson = options.poisson;
  plan.spin = options.spin;
  if (options.rate.empty()) {
    if (options.poisson) throw UsageError("--poisson: found no --rate, expected one beside it");
    return;
  }
  const std::size_t colon = options.rate.find(':');
  plan.rate_rps = parse_rate(std::string_view(options.rate).substr(0, colon), options.rate);
  if (colon == std::string::npos) return;
  plan.ramp_to_rps = parse_rate(std::string_view(options.rate).substr(colon + 1), options.rate);
}

AgentPlan plan_of(const LoadOptions& options, const Target& target) {
  in_range("--connections", options.connections, 1'000'000);
  in_range("--pipeline", options.pipeline, 100'000);
  in_range("--backlog", options.backlog, 10'000'000);
  if (options.idle + options.slow_senders + options.slow_readers > 1'000'000) {
    throw UsageError("--idle, --slow-senders, --slow-readers: expected at most 1000000 together");
  }
  in_range("--message-bytes", options.message_bytes, 1024 * 1024);
  AgentPlan plan;
  plan.workload = target.workload;
  plan.host = target.host;
  plan.port = target.port;
  plan.request = target.request;
  plan.host_field = target.host_field;
  plan.message_bytes = options.message_bytes;
  plan.connections = options.connections;
  plan.pipeline = options.pipeline;
  plan.check_replies = !options.no_verify;
  plan.check_counter = plan.check_replies;
  plan.churn = options.churn;
  if (plan.churn && plan.pipeline > 1) throw UsageError("--churn: a connection has one request, so no --pipeline");
  plan.idle = options.idle;
  plan.slow_senders = options.slow_senders;
  plan.slow_readers = options.slow_readers;
  plan.backlog_cap = options.backlog;
  plan.sources = options.sources;
  plan_arrivals(options, plan);
  plan.seed = options.seed;
  plan.window_s = parse_duration_s("--duration", options.duration);
  plan.timeout_s = plan.connect_timeout_s = parse_duration_s("--timeout", options.timeout);
  plan.warmup_s = options.warmup == "0" ? 0 : parse_duration_s("--warmup", options.warmup);
  // Asked here too, so that a request that is none is bad usage and not a failed load.
  try {
    find_workload(plan.workload)->make_client({.request = plan.request, .host = plan.host_field});
  } catch (const std::invalid_argument& error) {
    throw UsageError("URL \"" + options.url + "\": " + error.what());
  }
  return plan;
}

std::vector<int> generator_cpus(const LoadOptions& options) {
  const std::vector<int> allowed = allowed_cpus();
  if (options.cpus.empty()) return split_cpus(allowed).load;
  std::vector<int> cpus;
  try {
    cpus = parse_cpu_list(options.cpus);
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("--cpus: ") + error.what());
  }
  for (const int cpu : cpus) {
    if (std::find(allowed.begin(), allowed.end(), cpu) == allowed.end()) {
      throw UsageError(fmt::format("--cpus: found {}, expected some of {}", cpu, format_cpu_list(allowed)));
    }
  }
  return cpus;
}

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
Trial row_of(const LoadOptions& options, const AgentPlan& plan, const AgentResult& result,
             std::optional<double> other_cpus_busy) {
  Trial row;
  row.trial_id = "load";
  row.experiment = "load";
  row.workload = plan.workload;
  row.subject = options.url;
  row.params.connections = plan.connections;
  row.params.pipeline = plan.pipeline;
  row.params.request = plan.request;
  row.params.load = plan.open_loop() ? "open" : "closed";
  if (plan.open_loop()) {
    row.params.rate_rps = plan.rate_rps;
    row.params.arrivals = plan.poisson ? "poisson" : "constant";
  }
  if (plan.ramp_to_rps > 0) row.params.ramp_to_rps = plan.ramp_to_rps;
  if (plan.churn) row.params.churn = true;
  if (plan.idle != 0) row.params.idle = plan.idle;
  if (plan.slow_senders != 0) row.params.slow_senders = plan.slow_senders;
  if (plan.slow_readers != 0) row.params.slow_readers = plan.slow_readers;
  if (plan.workload == "echo") row.params.message_bytes = plan.message_bytes;
  row.seed = plan.seed;
  row.client = result.row;
  row.client_receipt = result.receipt;
  row.outcome_detail = result.complaint;
  row.subject_cost.emplace().cpu_share = other_cpus_busy;
  judge(row);
  return row;
}

void print(const LoadOptions& options, const Trial& row) {
  const ClientRow& client = *row.client;
  const LatencySummary& latency = client.latency_us.at("total");
  const GeneratorFacts& generator = client.generators.front();
  fmt::print("{} · {} of {} connections{} · closed loop · {:.3g} s after {:.3g} s of warm-up\n", options.url,
             client.connections_open, options.connections,
             options.pipeline > 1 ? fmt::format(" · pipeline {}", options.pipeline) : "", client.window_s,
             client.warmup_s);
  const auto shown = [&](std::string_view metric, const std::string& text) {
    const std::string reason = void_reason(row, metric);
    return reason.empty() ? text : fmt::format("~{}~ void: {}", text, reason);
  };
  fmt::print("  throughput   {}\n", shown(metric::kThroughput, fmt::format("{:.0f} requests/s, {} replies, all checked",
                                                                           client.throughput_rps, client.replies_ok)));
  fmt::print("  latency us   {}\n",
             shown(metric::kLatency,
                   fmt::format("p50 {}  p90 {}  p99 {}  p99.9 {}  max {}  mean {}", format_number(latency.p50),
                               format_number(latency.p90), format_number(latency.p99), format_number(latency.p999),
                               format_number(latency.max), format_number(latency.mean))));
  fmt::print("  generator    {:.3g} us of CPU a request, {:.0f} % busy on CPU {}\n",
             client.replies_ok != 0 ? generator.cpu_us / static_cast<double>(client.replies_ok) : 0.0,
             generator.cpu_share.value_or(0) * 100, generator.cpu.value_or(-1));
  if (row.subject_cost->cpu_share) {
    fmt::print("  server side  {:.0f} % busy on the busiest other CPU\n", *row.subject_cost->cpu_share * 100);
  }
  fmt::print("  outcome      {}", outcome_name(row.outcome));
  for (const ErrorCount& error : client.errors) {
    fmt::print(" · {}{}{} x {}", error.phase, error.code.empty() ? "" : " ", error.code, error.count);
  }
  if (client.wrong_answers != 0) fmt::print(" · wrong answers x {}", client.wrong_answers);
  if (client.unfinished != 0) fmt::print(" · unfinished x {}", client.unfinished);
  fmt::print("\n");
  if (!row.outcome_detail.empty()) fmt::print("               {}\n", row.outcome_detail);
}

}  // namespace

int load_command(const LoadOptions& options) {
  Target target;
  try {
    target = parse_url(options.url);
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
  const AgentPlan plan = plan_of(options, target);
  const std::vector<int> cpus = generator_cpus(options);
  Coordinator load(plan, cpus);
  const Coordinator::Window window = load.start();
  sleep_until_ns(window.begin_ns);
  const CpuTimes before = read_cpu_times();
  sleep_until_ns(window.end_ns);
  const CpuTimes after = read_cpu_times();
  const AgentResult result = load.result(true);
  const Trial row = row_of(options, plan, result, busiest_beside(cpus, before, after));
  if (options.format == "json") {
    fmt::print("{}\n", trial_to_json(row));
  } else {
    print(options, row);
  }
  if (interrupted) return kInterrupted;
  return row.client->replies_ok == 0 || !void_reason(row, metric::kThroughput).empty() ? kNoValid : kDone;
}

}  // namespace bakeoff
