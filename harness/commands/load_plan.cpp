#include "harness/commands/load_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "harness/input/input_error.h"
#include "harness/input/quantity.h"
#include "harness/input/url.h"
#include "harness/measure/cpu_sets.h"
#include "workloads/catalogue.h"

namespace bakeoff::commands {
namespace {

constexpr std::uint64_t kMostRequests = 16 * 1024 * 1024;

void plan_arrivals(const LoadOptions& options, load::AgentPlan& plan) {
  plan.poisson = options.poisson;
  plan.spin = options.spin;
  if (options.rate.empty()) {
    if (options.poisson && options.slo.empty()) {
      throw UsageError("--poisson: found neither --rate nor --slo, expected one beside it");
    }
    return;
  }
  const input::RateRange rate = input::parse_rates("--rate", options.rate);
  plan.rate_rps = rate.from_rps;
  plan.ramp_to_rps = rate.to_rps;
}

}  // namespace

load::Slo slo_of(const std::string& text) try {
  return load::parse_slo(text);
} catch (const input::InputError& error) {
  throw UsageError(std::string("--slo: ") + error.what());
}

load::AgentPlan plan_of(const LoadOptions& options) {
  const input::Target target = input::parse_url(options.url);
  if (options.connections * options.pipeline > kMostRequests) {
    throw UsageError(fmt::format("--connections x --pipeline: found {} requests on the way, expected at most {}",
                                 options.connections * options.pipeline, kMostRequests));
  }
  if (options.idle + options.slow_senders + options.slow_readers > 1'000'000) {
    throw UsageError("--idle, --slow-senders, --slow-readers: expected at most 1000000 together");
  }
  load::AgentPlan plan;
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
  plan.window_s = input::parse_duration_s("--duration", options.duration);
  plan.timeout_s = plan.connect_timeout_s = input::parse_duration_s("--timeout", options.timeout);
  plan.warmup_s = input::parse_duration_s("--warmup", options.warmup, true);
  // Asked here too, so that a request that is none is bad usage and not a failed load.
  try {
    workloads::find_workload(plan.workload)->make_client({.request = plan.request, .host = plan.host_field});
  } catch (const std::invalid_argument& error) {
    throw UsageError("URL \"" + options.url + "\": " + error.what());
  }
  return plan;
}

std::vector<int> generator_cpus(const std::string& list) {
  const std::vector<int> allowed = measure::allowed_cpus();
  std::vector<int> cpus;
  try {
    cpus = measure::parse_cpu_list(list);
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("--cpus: ") + error.what());
  }
  for (const int cpu : cpus) {
    if (std::find(allowed.begin(), allowed.end(), cpu) == allowed.end()) {
      throw UsageError(fmt::format("--cpus: found {}, expected some of {}", cpu, measure::format_cpu_list(allowed)));
    }
  }
  return cpus;
}

journal::Params params_of(const load::AgentPlan& plan) {
  journal::Params params;
  params.load = plan.open_loop() ? "open" : "closed";
  params.connections = plan.connections;
  params.pipeline = plan.pipeline;
  params.request = plan.request;
  if (plan.open_loop()) {
    params.rate_rps = plan.rate_rps;
    params.arrivals = plan.poisson ? "poisson" : "constant";
  }
  if (plan.ramp_to_rps > 0) params.ramp_to_rps = plan.ramp_to_rps;
  if (plan.spin) params.spin = true;
  if (plan.churn) params.churn = true;
  if (plan.idle != 0) params.idle = plan.idle;
  if (plan.slow_senders != 0) params.slow_senders = plan.slow_senders;
  if (plan.slow_readers != 0) params.slow_readers = plan.slow_readers;
  if (plan.workload == "echo") params.message_bytes = plan.message_bytes;
  return params;
}

}  // namespace bakeoff::commands
