#include "harness/load/plan.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/journal/trial_json.h"

namespace bakeoff {
namespace {

using nlohmann::json;

/// A line of the agent's conversation, with errors that say which line it was.
json parse(std::string_view what, std::string_view line) {
  json document = json::parse(line, nullptr, false);
  if (!document.is_object()) {
    throw std::runtime_error("load agent: " + std::string(what) +
                             " is no JSON object: " + std::string(line.substr(0, 200)));
  }
  return document;
}

template <typename Value>
void get(const json& document, const char* key, Value& value) {
  try {
    document.at(key).get_to(value);
  } catch (const json::exception& error) {
    throw std::runtime_error(std::string("load agent: field ") + key + ": " + error.what());
  }
}

}  // namespace

std::string to_json(const AgentPlan& plan) {
  return json{{"workload", plan.workload},
              {"host", plan.host},
              {"port", plan.port},
              {"request", plan.request},
              {"host_field", plan.host_field},
              {"message_bytes", plan.message_bytes},
              {"connections", plan.connections},
              {"pipeline", plan.pipeline},
              {"seed", plan.seed},
              {"warmup_s", plan.warmup_s},
              {"window_s", plan.window_s},
              {"connect_timeout_s", plan.connect_timeout_s},
              {"drain_timeout_s", plan.drain_timeout_s},
              {"verify", plan.verify}}
      .dump();
}

AgentPlan agent_plan_from_json(std::string_view line) {
  const json document = parse("plan", line);
  AgentPlan plan;
  get(document, "workload", plan.workload);
  get(document, "host", plan.host);
  get(document, "port", plan.port);
  get(document, "request", plan.request);
  get(document, "host_field", plan.host_field);
  get(document, "message_bytes", plan.message_bytes);
  get(document, "connections", plan.connections);
  get(document, "pipeline", plan.pipeline);
  get(document, "seed", plan.seed);
  get(document, "warmup_s", plan.warmup_s);
  get(document, "window_s", plan.window_s);
  get(document, "connect_timeout_s", plan.connect_timeout_s);
  get(document, "drain_timeout_s", plan.drain_timeout_s);
  get(document, "verify", plan.verify);
  return plan;
}

std::string to_json(const AgentReady& ready) {
  return json{{"connected", ready.connected}, {"complaint", ready.complaint}}.dump(-1, ' ', false,
                                                                                   json::error_handler_t::replace);
}

AgentReady agent_ready_from_json(std::string_view line) {
  const json document = parse("ready", line);
  AgentReady ready;
  get(document, "connected", ready.connected);
  get(document, "complaint", ready.complaint);
  return ready;
}

std::string to_json(const AgentStart& start) {
  return json{{"start_ns", start.start_ns}, {"window_ns", start.window_ns}}.dump();
}

AgentStart agent_start_from_json(std::string_view line) {
  const json document = parse("start", line);
  AgentStart start;
  get(document, "start_ns", start.start_ns);
  get(document, "window_ns", start.window_ns);
  return start;
}

std::string to_json(const AgentResult& result) {
  // The row and the receipt travel in the form in which the journal keeps them.
  Trial carrier;
  carrier.trial_id = "agent";
  carrier.client = result.row;
  carrier.client_receipt = result.receipt;
  return json{{"trial", json::parse(trial_to_json(carrier))},
              {"total",
               {{"buckets", result.total.buckets()},
                {"sum_ns", result.total.sum_ns()},
                {"max_ns", result.total.max_ns()},
                {"clamped", result.total.clamped()}}},
              {"complaint", result.complaint},
              {"drained", result.drained}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

AgentResult agent_result_from_json(std::string_view line) {
  const json document = parse("result", line);
  AgentResult result;
  get(document, "complaint", result.complaint);
  get(document, "drained", result.drained);
  if (!document.contains("trial") || !document.contains("total")) {
    throw std::runtime_error("load agent: result without trial or total");
  }
  const Trial carrier = trial_from_json(document.at("trial").dump());
  result.row = carrier.client.value_or(ClientRow{});
  result.receipt = carrier.client_receipt.value_or(ClientReceipt{});
  std::vector<std::pair<std::uint32_t, std::uint64_t>> buckets;
  std::uint64_t sum_ns = 0, max_ns = 0, clamped = 0;
  const json& total = document.at("total");
  get(total, "buckets", buckets);
  get(total, "sum_ns", sum_ns);
  get(total, "max_ns", max_ns);
  get(total, "clamped", clamped);
  result.total.restore(buckets, sum_ns, max_ns, clamped);
  return result;
}

}  // namespace bakeoff
