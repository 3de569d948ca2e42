#include "harness/experiment/load_section.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/experiment/spec.h"
#include "harness/load/plan.h"
#include "harness/load/sessions.h"
#include "harness/load/thinking.h"
#include "harness/measure/plain_text.h"

namespace bakeoff::experiment {
namespace {

constexpr std::array<std::string_view, 4> kOpenOnly{"rate_rps", "ramp_to_rps", "arrivals", "session_requests"};
const std::vector<std::string> kLoops{"closed", "open"};
const std::vector<std::string> kArrivals{"constant", "poisson"};

constexpr std::uint64_t kMostConnections = 1'000'000;
constexpr std::uint64_t kMostPipeline = 10'000;
constexpr std::uint64_t kMostMessageBytes = 1024 * 1024;
constexpr std::uint64_t kMostBeside = 1'000'000;
constexpr double kLeastRate = 0.1;
constexpr double kMostRate = 10'000'000;

/// The client side decides whether it knows the request.
void expect_known_request(const input::TomlSection& section, std::string_view workload, const std::string& request) {
  try {
    load::check_request(workload, request);
  } catch (const std::invalid_argument& error) {
    section.fail("request", measure::in_quotes(request),
                 "a request that the workload knows (" + std::string(error.what()) + ")");
  }
}

/// "/{mixed:{share},500000}" with share = 0.02 is "/{mixed:0.02,500000}".
void fill_in_share(const input::TomlSection& section, std::string& request) {
  constexpr std::string_view kPlace = "{share}";
  const auto share = section.number("share", 0, 1, "a share of the requests");
  if (!share) return;
  const std::size_t at = request.find(kPlace);
  if (at == std::string::npos) section.fail("share", section.shown("share"), "it only beside a request with {share}");
  request.replace(at, kPlace.size(), fmt::format("{:.10g}", *share));
}

void read_think_time(const input::TomlSection& section, journal::LoadShape& load) {
  if (!section.has("think_us")) return;
  load.think_us = section.text("think_us", "a text").value_or("");
  if (load.is_open() && !load.has_sessions()) {
    section.fail("think_us", section.shown("think_us"), "it only beside load = \"closed\" or session_requests");
  }
  try {
    load::parse_think_time(load.think_us);
  } catch (const std::invalid_argument& error) {
    section.fail("think_us", section.shown("think_us"), std::string("how it is drawn (") + error.what() + ")");
  }
}

void read_sessions(const input::TomlSection& section, journal::LoadShape& load) {
  if (!section.has("session_requests")) return;
  load.session_requests = section.text("session_requests", "a text").value_or("");
  try {
    load::SessionLength{load.session_requests};
  } catch (const std::invalid_argument& error) {
    section.fail("session_requests", section.shown("session_requests"),
                 std::string("how many they are (") + error.what() + ")");
  }
}

void read_arrivals(const input::TomlSection& section, journal::LoadShape& load) {
  const bool open = section.name("load", kLoops).value_or("closed") == "open";
  if (open && !section.has("rate_rps")) section.fail("rate_rps", "nothing", "the rate of the open load");
  for (const std::string_view key : kOpenOnly) {
    if (!open && section.has(key)) section.fail(key, section.shown(key), "it only beside load = \"open\"");
  }
  const std::string unit = "a number of requests per second";
  load.rate_rps = section.number("rate_rps", kLeastRate, kMostRate, unit).value_or(load.rate_rps);
  load.ramp_to_rps = section.number("ramp_to_rps", kLeastRate, kMostRate, unit).value_or(load.ramp_to_rps);
  load.poisson = section.name("arrivals", kArrivals).value_or("constant") == "poisson";
  read_sessions(section, load);
  read_think_time(section, load);
  load.churn = section.flag("churn").value_or(load.churn);
  if (load.churn && load.has_sessions()) {
    section.fail("churn", "true", "it without session_requests: a session keeps its connection");
  }
  if (load.churn && load.pipeline > 1) {
    section.fail("pipeline", section.shown("pipeline"), "1 beside churn: a connection has one request");
  }
  if (load.has_sessions() && load.pipeline > 1) {
    section.fail("pipeline", section.shown("pipeline"), "1 beside session_requests: a user waits for each reply");
  }
}

void read_connections_beside(const input::TomlSection& section, journal::LoadShape& load) {
  load.idle = section.whole("idle", 0, kMostBeside).value_or(load.idle);
  load.idle_asks = section.flag("idle_asks").value_or(load.idle_asks);
  if (load.idle_asks && load.idle == 0) section.fail("idle_asks", "true", "it only beside idle");
  load.slow_senders = section.whole("slow_senders", 0, kMostBeside).value_or(load.slow_senders);
  load.slow_readers = section.whole("slow_readers", 0, kMostBeside).value_or(load.slow_readers);
}

}  // namespace

journal::LoadShape read_load(const input::TomlSection& section, std::string_view workload) {
  journal::LoadShape load = TableSpec().load;
  load.connections = section.whole("connections", 1, kMostConnections).value_or(load.connections);
  load.pipeline = section.whole("pipeline", 1, kMostPipeline).value_or(load.pipeline);
  load.message_bytes = section.whole("message_bytes", 1, kMostMessageBytes).value_or(load.message_bytes);
  load.request = section.text("request", "a text").value_or(load.request);
  fill_in_share(section, load.request);
  if (section.has("request")) expect_known_request(section, workload, load.request);
  read_arrivals(section, load);
  read_connections_beside(section, load);
  return load;
}

}  // namespace bakeoff::experiment
