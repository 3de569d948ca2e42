#include "harness/commands/load_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>

#include "harness/input/url.h"
#include "harness/measure/cpu_sets.h"

namespace bakeoff::commands {
namespace {

constexpr std::uint64_t kMostRequests = 16 * 1024 * 1024;
constexpr double kLeastRate = 0.1, kMostRate = 2e6;

/// "5000", "20k", "1.5M": requests a second.
double parse_rate(std::string_view text, const std::string& whole) {
  double rate = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rate);
  const std::string_view suffix(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const double unit = suffix.empty() ? 1 : suffix == "k" ? 1e3 : suffix == "M" ? 1e6 : 0;
  // Written so that nan fails it.
  if (error != std::errc{} || !(rate * unit >= kLeastRate && rate * unit <= kMostRate)) {
    throw UsageError(fmt::format(
        "--rate: found \"{}\", expected requests a second from 0.1 to 2M, as 5000 or 20k, or a ramp as 1k:20k", whole));
  }
  return rate * unit;
}

input::Target target_of(const LoadOptions& options) {
  try {
    return input::parse_url(options.url);
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
}

void plan_arrivals(const LoadOptions& options, load::AgentPlan& plan) {
  if (options.rate.empty()) {
    if (options.shape.poisson && options.slo.empty()) {
      throw UsageError("--poisson: found neither --rate nor --slo, expected one beside it");
    }
    return;
  }
  const RateRange rate = parse_rates(options.rate);
  plan.load.rate_rps = rate.from_rps;
  plan.load.ramp_to_rps = rate.to_rps;
}

}  // namespace

RateRange parse_rates(const std::string& text) {
  const std::size_t colon = text.find(':');
  const double from = parse_rate(std::string_view(text).substr(0, colon), text);
  return {from, colon == text.npos ? 0 : parse_rate(std::string_view(text).substr(colon + 1), text)};
}

load::Slo slo_of(const std::string& text) try { return load::parse_slo(text); } catch (const std::invalid_argument& error) {
  throw UsageError(std::string("--slo: ") + error.what());
}

load::AgentPlan plan_of(const LoadOptions& options) {
  const input::Target target = target_of(options);
  if (const std::uint64_t requests = options.shape.connections * options.shape.pipeline; requests > kMostRequests) {
    throw UsageError(fmt::format("--connections x --pipeline: found {} requests on the way, expected at most {}",
                                 requests, kMostRequests));
  }
  if (options.shape.connections_beside() > 1'000'000) {
    throw UsageError("--idle, --slow-senders, --slow-readers: expected at most 1000000 together");
  }
  load::AgentPlan plan;
  plan.workload = target.workload;
  plan.host = target.host;
  plan.port = target.port;
  plan.host_field = target.host_field;
  plan.load = options.shape;
  plan.load.request = target.request;
  plan.check_replies = !options.no_verify;
  plan.check_counter = plan.check_replies;
  if (plan.load.churn && plan.load.pipeline > 1)
    throw UsageError("--churn: a connection has one request, so no --pipeline");
  plan.backlog_cap = options.backlog;
  plan.sources = options.sources;
  plan_arrivals(options, plan);
  plan.seed = options.seed;
  plan.window_s = parse_duration_s("--duration", options.duration);
  plan.timeout_s = plan.connect_timeout_s = parse_duration_s("--timeout", options.timeout);
  plan.warmup_s = parse_duration_s("--warmup", options.warmup, true);
  // Asked here too, so that a request that is none is bad usage and not a failed load.
  try {
    load::check_request(plan.workload, plan.load.request, plan.host_field);
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
  return {.load = as_recorded(plan.load, plan.workload)};
}

}  // namespace bakeoff::commands
