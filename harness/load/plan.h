// What a load agent is told and what it tells back: plain data, carried as one JSON line each way.
//
// The conversation (agent.h): plan -> ready, start time -> result, end of input -> the agent closes its connections and
// exits. The harness measures the subject's memory between the result and the end of input, while they are still open.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/stats/histogram.h"

namespace bakeoff {

struct AgentPlan {
  std::string workload;            ///< A name of workloads/catalogue.h.
  std::string host = "127.0.0.1";  ///< An address or a name.
  std::uint16_t port = 0;
  std::string request;               ///< As ClientSettings::request.
  std::string host_field;            ///< http: the Host field.
  std::uint64_t message_bytes = 64;  ///< echo.
  std::uint64_t connections = 1;
  std::uint64_t pipeline = 1;  ///< Requests sent together on a connection; the next batch follows the last reply.
  std::uint64_t seed = 1;
  double warmup_s = 0;
  double window_s = 1;
  double connect_timeout_s = 5;
  double drain_timeout_s = 1;  ///< How long replies are waited for when nothing more is sent.
  bool verify = false;         ///< Check every kind of reply once, on a connection of its own, before the load.
};

/// After verify and connect. `complaint` is "" when the load can begin.
struct AgentReady {
  std::uint64_t connected = 0;
  std::string complaint;
};

/// When the load begins, on CLOCK_MONOTONIC, which all processes of a machine share. Warm-up runs from start_ns, then
/// the connections are drained, and the window begins at window_ns whether or not that is done.
struct AgentStart {
  std::uint64_t start_ns = 0;
  std::uint64_t window_ns = 0;
};

struct AgentResult {
  ClientRow row;  ///< generators[] has this agent alone; latency_us is filled from the histogram.
  ClientReceipt receipt;
  Histogram total;        ///< Request sent to reply received.
  std::string complaint;  ///< The first wrong, broken or error reply in words; "" if there was none.
  bool drained = false;   ///< Every request was answered before the drain was over.
};

std::string to_json(const AgentPlan& plan);
std::string to_json(const AgentReady& ready);
std::string to_json(const AgentStart& start);
std::string to_json(const AgentResult& result);

/// Each throws std::runtime_error naming the field when the line is not what it should be.
AgentPlan agent_plan_from_json(std::string_view line);
AgentReady agent_ready_from_json(std::string_view line);
AgentStart agent_start_from_json(std::string_view line);
AgentResult agent_result_from_json(std::string_view line);

/// How long warm-up and window are kept apart for draining.
inline constexpr double kDrainGap_s = 0.02;

}  // namespace bakeoff
