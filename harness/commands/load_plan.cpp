#include "harness/commands/load_plan.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include "harness/commands/load_requests.h"
#include "harness/input/input_error.h"
#include "harness/input/quantity.h"
#include "harness/input/url.h"
#include "harness/load/redis_login.h"
#include "harness/load/sessions.h"
#include "harness/load/thinking.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/plain_text.h"
#include "harness/measure/unix_socket.h"

namespace bakeoff::commands {
namespace {

constexpr std::uint64_t kMostRequests = 16 * 1024 * 1024;

void plan_arrivals(const LoadOptions& options, load::AgentPlan& plan) {
  const bool open = !(options.rate.empty() && options.slo.empty() && options.stairs.empty());
  if (!options.shape.think_us.empty() && open && !options.shape.has_sessions()) {
    throw UsageError(
        "--think: users who think are of a closed load or of --sessions, so neither --rate nor --slo nor --stairs");
  }
  if (options.shape.has_sessions()) {
    if (!open) throw UsageError("--sessions: found neither --rate nor --slo, expected one beside it");
    if (options.shape.churn) throw UsageError("--sessions: a session keeps its connection, so no --churn");
    if (options.shape.pipeline > 1) throw UsageError("--sessions: a user waits for each reply, so no --pipeline");
  }
  if (options.rate.empty()) {
    if (options.shape.poisson && !open) {
      throw UsageError("--poisson: found neither --rate nor --slo nor --stairs, expected one beside it");
    }
    return;
  }
  const input::RateRange rate = input::parse_rates("--rate", options.rate);
  plan.load.rate_rps = rate.from_rps;
  plan.load.ramp_to_rps = rate.to_rps;
}

/// What is wrong with it is said before the load, and not by each of its connections.
void check_unix_socket(const LoadOptions& options) {
  const std::string& path = options.unix_socket;
  if (path.empty() || measure::is_socket(path)) return;
  const bool there = ::access(path.c_str(), F_OK) == 0;
  const std::string why = there ? "which is no socket" : std::generic_category().message(errno);
  throw UsageError(fmt::format("--unix-socket: found {}{}{}, expected a socket that a server listens on",
                               measure::in_quotes(path), there ? ", " : ": ", why));
}

/// The URL's, with a password from the environment where it has none.
workloads::Login login_of(const input::Target& target, const LoadOptions& options) {
  workloads::Login login = target.login;
  if (target.workload == "counter" && !target.has_password) login.password = options.redis_password;
  if (!login.user.empty() && login.password.empty() && !target.has_password) {
    throw UsageError(fmt::format(
        "URL \"{}\": found a user without a password, expected redis://USER:PASSWORD@host (or redis://:PASSWORD@host), "
        "or the password in {}",
        target.shown, load::kPasswordVariable));
  }
  return login;
}

}  // namespace

load::Slo slo_of(const std::string& text) try { return load::parse_slo(text); } catch (const input::InputError& error) {
  throw UsageError(std::string("--slo: ") + error.what());
}

void check_think_time(const std::string& text) try {
  load::parse_think_time(text);
} catch (const std::invalid_argument& error) {
  throw UsageError(std::string("--think: ") + error.what());
}

void check_session_requests(const std::string& text) try {
  load::SessionLength{text};
} catch (const std::invalid_argument& error) {
  throw UsageError(std::string("--sessions: ") + error.what());
}

load::AgentPlan plan_of(const LoadOptions& options) {
  const input::Target target = input::parse_url(options.url);
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
  plan.login = login_of(target, options);
  plan.load = options.shape;
  plan.load.request = target.request;
  plan_requests(options, plan);
  plan.requests = options.requests;
  if (plan.requests && plan.load.has_sessions()) {
    throw UsageError("--requests: found --sessions too, expected one of them: a session has its own number");
  }
  if (plan.load.requests_per_connection != 0 && plan.load.connections_come_and_go()) {
    throw UsageError("--per-connection: found --churn or --sessions too, expected one of them");
  }
  plan.check_replies = !options.no_verify;
  plan.check_counter = plan.check_replies;
  if (plan.load.churn && plan.load.pipeline > 1)
    throw UsageError("--churn: a connection has one request, so no --pipeline");
  plan.backlog_cap = options.backlog;
  plan.sources = options.sources;
  plan.unix_socket = options.unix_socket;
  check_unix_socket(options);
  if (!plan.unix_socket.empty() && !plan.sources.empty()) {
    throw UsageError("--source: found it beside --unix-socket, expected one of them: a Unix socket has no addresses");
  }
  plan_arrivals(options, plan);
  plan.seed = options.seed;
  plan.window_s = input::parse_duration_s("--duration", options.duration);
  plan.timeout_s = plan.connect_timeout_s = input::parse_duration_s("--timeout", options.timeout);
  plan.warmup_s = input::parse_duration_s("--warmup", options.warmup, true);
  // Checked here too, so that an unknown request is bad usage and not a failed load.
  try {
    load::check_requests(plan);
  } catch (const std::invalid_argument& error) {
    throw UsageError("URL \"" + target.shown + "\": " + error.what());
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
  journal::LoadShape load = as_recorded(plan.load, plan.workload);
  if (plan.workload == "http") load.request = requests_in_words(plan);
  return {.load = load,
          .transport = plan.unix_socket.empty() ? journal::Transport::tcp : journal::Transport::unix_socket};
}

}  // namespace bakeoff::commands
