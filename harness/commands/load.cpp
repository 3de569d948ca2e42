// bakeoff load URL: a load against any server, by the same agents that the experiments use.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "harness/commands/commands.h"
#include "harness/commands/live.h"
#include "harness/commands/load_slo.h"
#include "harness/commands/output_file.h"
#include "harness/commands/show.h"
#include "harness/journal/histogram_json.h"
#include "harness/journal/trial_json.h"
#include "harness/load/coordinator.h"
#include "harness/load/hints.h"
#include "harness/load/link.h"
#include "harness/load/monotonic.h"
#include "harness/load/url.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/cpu_time.h"
#include "harness/measure/listeners.h"
#include "harness/measure/local_address.h"
#include "harness/measure/machine.h"
#include "harness/measure/netstat.h"
#include "harness/report/load_summary.h"
#include "harness/report/series.h"
#include "harness/report/units.h"
#include "harness/stats/hdr_text.h"
#include "harness/validity/validity.h"
#include "workloads/catalogue.h"

namespace bakeoff {
namespace {

constexpr double kIntervalS = 0.25;  // Of the live view; a second of the series has four.

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
    if (options.poisson && options.slo.empty()) {
      throw UsageError("--poisson: found neither --rate nor --slo, expected one beside it");
    }
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

Params params_of(const AgentPlan& plan) {
  Params params;
  params.load = plan.open_loop() ? "open" : "closed";
  params.connections = plan.connections;
  params.pipeline = plan.pipeline;
  params.request = plan.request;
  if (plan.open_loop()) {
    params.rate_rps = plan.rate_rps;
    params.arrivals = plan.poisson ? "poisson" : "constant";
  }
  if (plan.ramp_to_rps > 0) params.ramp_to_rps = plan.ramp_to_rps;
  if (plan.churn) params.churn = true;
  if (plan.idle != 0) params.idle = plan.idle;
  if (plan.slow_senders != 0) params.slow_senders = plan.slow_senders;
  if (plan.slow_readers != 0) params.slow_readers = plan.slow_readers;
  if (plan.workload == "echo") params.message_bytes = plan.message_bytes;
  return params;
}

/// One load as a row, so that outcome and validity are judged by the rules that the experiments use.
Trial row_of(const LoadOptions& options, const AgentPlan& plan, const AgentResult& result, const SubjectRow& server) {
  Trial row;
  row.trial_id = "load";
  row.experiment = "load";
  row.workload = plan.workload;
  row.subject = options.url;
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

std::string histogram_text(const std::filesystem::path& file, const std::map<std::string, Histogram>& latency) {
  if (file.extension() != ".json") {
    const auto total = latency.find("total");
    return hdr_percentile_text(total == latency.end() ? Histogram() : total->second);
  }
  std::string text;
  for (const auto& [latency_class, histogram] : latency) {
    text += (text.empty() ? "[" : ",\n ") + histogram_to_json("load", 1, latency_class, histogram);
  }
  return (text.empty() ? "[" : text) + "]\n";
}

std::optional<Slo> slo_of(const LoadOptions& options) {
  if (options.slo.empty()) return std::nullopt;
  try {
    return parse_slo(options.slo);
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("--slo: ") + error.what());
  }
}

/// A load of the search. Interrupted in its window, it gives what it has.
Trial measure(const LoadOptions& options, const AgentPlan& plan, const std::vector<int>& cpus) {
  Coordinator load(plan, cpus);
  const Coordinator::Window window = load.start();
  sleep_until_ns(window.begin_ns);
  const CpuTimes before = read_cpu_times();
  sleep_until_ns(window.end_ns);
  const CpuTimes after = read_cpu_times();
  const AgentResult result = load.result(true);
  SubjectRow server;
  server.cpu_share = busiest_beside(cpus, before, after);
  return row_of(options, plan, result, server);
}

int search_rate(const LoadOptions& options, const AgentPlan& plan, const std::vector<int>& cpus, const Slo& slo) {
  if (!options.series.empty() || !options.histogram.empty()) {
    throw UsageError("--series, --histogram: found --slo without --rate, expected one load and not a search of many");
  }
  const SloCommand command{options.url, slo, plan.window_s, plan.warmup_s, options.format};
  return find_slo_rate(command, [&](double rate_rps, double warmup_s, double window_s) {
    AgentPlan at_rate = plan;
    at_rate.rate_rps = rate_rps;
    at_rate.warmup_s = warmup_s;
    at_rate.window_s = window_s;
    return measure(options, at_rate, cpus);
  });
}

}  // namespace

int load_command(const LoadOptions& options) {
  Target target;
  try {
    target = parse_url(options.url);
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
  AgentPlan plan = plan_of(options, target);
  const std::vector<int> cpus = generator_cpus(options);
  const std::optional<Slo> slo = slo_of(options);
  if (slo && !plan.open_loop()) return search_rate(options, plan, cpus, *slo);
  if (!options.series.empty() && options.series == options.histogram) {
    throw UsageError("--series, --histogram: found one file, expected two");
  }
  OutputFile series_file("--series", options.series);
  OutputFile histogram_file("--histogram", options.histogram);
  Live live(fmt::format("{} · {} connections · {}", options.url, format_count(plan.connections),
                        load_in_words(params_of(plan))),
            plan.window_s, cpus.size());
  if (live.shown() || series_file.wanted()) plan.interval_s = kIntervalS;

  const AcceptQueueCounters queue_before = read_accept_queue_counters();
  live.say("connecting");
  Coordinator load(plan, cpus);
  if (plan.warmup_s > 0) live.say("warming up for " + format_seconds(plan.warmup_s));
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
  LoadSeries series;
  const auto on_interval = [&](const LoadInterval& interval) {
    // The last interval ends with the window.
    if (now_ns() >= window.end_ns) read_servers_side();
    live.add(interval);
    if (const auto second = series.add(interval)) series_file.write(series_line(*second, cpus.size()) + "\n");
  };
  if (plan.interval_s == 0) {
    sleep_until_ns(window.end_ns);
    read_servers_side();
  }
  const AgentResult result = load.result(true, on_interval);
  if (after.at_ns == before.at_ns) read_servers_side();  // The user ended the window.
  server_cost.cpu_share = busiest_beside(cpus, before, after);
  if (const auto rest = series.finish()) series_file.write(series_line(*rest, cpus.size()) + "\n");
  histogram_file.write(histogram_text(options.histogram, result.latency));
  live.clear();

  Trial row = row_of(options, plan, result, server_cost);
  if (!load.limit().empty()) {
    row.client->events.push_back(
        fmt::format("{} of {} connections could be opened: {}", load.connected(), plan.connections, load.limit()));
  }
  if (options.format == "json") {
    fmt::print("{}\n", trial_to_json(row));
  } else {
    LoadRemarks remarks;
    remarks.checked = plan.check_replies;
    remarks.server = server.description();
    if (!row.client->errors.empty()) {
      remarks.hints =
          hints_for(row.client->errors, hint_context(plan, difference(queue_before, read_accept_queue_counters())));
    }
    fmt::print("{}", load_summary(row, result.latency, remarks, stdout_style()));
  }
  series_file.check();
  histogram_file.check();
  if (interrupted) return kInterrupted;
  const bool valid = row.client->replies_ok != 0 && void_reason(row, metric::kThroughput).empty();
  const int status = valid ? kDone : kNoValid;
  return slo ? judge_load(row, *slo, status, options.format) : status;
}

}  // namespace bakeoff
