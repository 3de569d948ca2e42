#include "harness/load/plan.h"

#include <stdexcept>

#include "harness/journal/fields.h"
#include "harness/journal/trial_json.h"

namespace bakeoff {

template <typename T, typename Struct>
concept Same = std::same_as<std::remove_const_t<T>, Struct>;

// fields.h finds these by argument-dependent look-up.
template <Same<AgentPlan> T>
void visit_fields(auto& archive, T& plan) {
  archive("workload", plan.workload);
  archive("host", plan.host);
  archive("port", plan.port);
  archive("request", plan.request);
  archive("host_field", plan.host_field);
  archive("message_bytes", plan.message_bytes);
  archive("seed", plan.seed);
  archive("verify", plan.verify);
  archive("verify_whole", plan.verify_whole);
  archive("check_replies", plan.check_replies);
  archive("check_counter", plan.check_counter);
  archive("connections", plan.connections);
  archive("pipeline", plan.pipeline);
  archive("rate_rps", plan.rate_rps);
  archive("ramp_to_rps", plan.ramp_to_rps);
  archive("poisson", plan.poisson);
  archive("churn", plan.churn);
  archive("backlog_cap", plan.backlog_cap);
  archive("spin", plan.spin);
  archive("idle", plan.idle);
  archive("idle_asks", plan.idle_asks);
  archive("slow_senders", plan.slow_senders);
  archive("slow_readers", plan.slow_readers);
  archive("slow_pause_s", plan.slow_pause_s);
  archive("warmup_s", plan.warmup_s);
  archive("window_s", plan.window_s);
  archive("connect_timeout_s", plan.connect_timeout_s);
  archive("timeout_s", plan.timeout_s);
  archive("interval_s", plan.interval_s);
  archive("cpus", plan.cpus);
  archive("sources", plan.sources);
  archive("first_connection", plan.first_connection);
  archive("first_lane", plan.first_lane);
  archive("lanes", plan.lanes);
}

template <Same<AgentReady> T>
void visit_fields(auto& archive, T& ready) {
  archive("connected", ready.connected);
  archive("complaint", ready.complaint);
  archive("limit", ready.limit);
  archive("ours", ready.ours);
}

template <Same<AgentStart> T>
void visit_fields(auto& archive, T& start) {
  archive("at_ns", start.at_ns);
}

/// A histogram as it travels; its own fields are private.
struct HistogramText {
  std::vector<std::vector<std::uint64_t>> buckets;  ///< Pairs of index and count.
  std::uint64_t sum_ns = 0, max_ns = 0, clamped = 0;

  HistogramText() = default;
  explicit HistogramText(const Histogram& from)
      : sum_ns(from.sum_ns()), max_ns(from.max_ns()), clamped(from.clamped()) {
    for (const auto& [index, count] : from.buckets()) buckets.push_back({index, count});
  }
  Histogram histogram() const {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> pairs;
    for (const auto& pair : buckets) {
      if (pair.size() != 2) throw std::invalid_argument("buckets: expected pairs");
      pairs.emplace_back(static_cast<std::uint32_t>(pair[0]), pair[1]);
    }
    Histogram made;
    made.restore(pairs, sum_ns, max_ns, clamped);
    return made;
  }
};

template <Same<PauseCount> T>
void visit_fields(auto& archive, T& pause) {
  archive("count", pause.count);
  archive("ns", pause.ns);
}

template <Same<HistogramText> T>
void visit_fields(auto& archive, T& text) {
  archive("buckets", text.buckets);
  archive("sum_ns", text.sum_ns);
  archive("max_ns", text.max_ns);
  archive("clamped", text.clamped);
}

namespace {

template <Same<LoadInterval> T, Same<HistogramText> Text>
void visit_interval(auto& archive, T& interval, Text& total) {
  archive("interval", interval.index);
  archive("length_s", interval.length_s);
  archive("replies", interval.replies);
  archive("errors", interval.errors);
  archive("cpu_us", interval.cpu_us);
  archive("threads", interval.threads);
  archive("total", total);
}

// The row and the receipt travel in the form in which the journal keeps them.
template <Same<AgentResult> T>
void visit_result(auto& archive, T& result, auto& trial, auto& latency) {
  archive("trial", trial);
  archive("latency", latency);
  archive("complaint", result.complaint);
  archive("replies_sum", result.replies_sum);
  archive("replies_square_sum", result.replies_square_sum);
  archive("due", result.due);
  archive("increments_sent", result.increments_sent);
  archive("duplicates", result.duplicates);
  archive("ledger", result.ledger);
  archive("ledger_complete", result.ledger_complete);
  archive("outstanding_ns", result.outstanding_ns);
  archive("pauses", result.pauses);
  archive("connections_ns", result.connections_ns);
}

template <typename T>
std::string write(const T& value) {
  fields::Json object;
  fields::Writer writer(object);
  visit_fields(writer, value);
  return fields::dump(object, -1);
}

/// Runs `body` on the line's fields, with errors that say which line of the conversation it was.
template <typename Body>
void read(const char* what, std::string_view line, Body body) {
  try {
    thread_local fields::Document document;
    const fields::Value& object = document.parse(line);
    fields::Reader reader(object, "");
    body(reader);
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error(std::string("load agent: ") + what + ": " + error.what() + " in " +
                             std::string(line.substr(0, 200)));
  }
}

template <typename T>
T read(const char* what, std::string_view line) {
  T value;
  read(what, line, [&](auto& reader) { visit_fields(reader, value); });
  return value;
}

}  // namespace

std::string to_json(const AgentPlan& plan) {
  return write(plan);
}
std::string to_json(const AgentReady& ready) {
  return write(ready);
}
std::string to_json(const AgentStart& start) {
  return write(start);
}

std::string to_json(const LoadInterval& interval) {
  fields::Json object;
  fields::Writer writer(object);
  const HistogramText total(interval.total);
  visit_interval(writer, interval, total);
  return fields::dump(object, -1);
}

std::string to_json(const AgentResult& result) {
  Trial carrier;
  carrier.trial_id = "agent";
  carrier.client = result.row;
  carrier.client_receipt = result.receipt;
  std::map<std::string, HistogramText> latency;
  for (const auto& [name, histogram] : result.latency) latency.emplace(name, HistogramText(histogram));
  fields::Json object;
  fields::Writer writer(object);
  const std::string trial = trial_to_json(carrier);
  visit_result(writer, result, trial, latency);
  return fields::dump(object, -1);
}

AgentPlan agent_plan_from_json(std::string_view line) {
  AgentPlan plan = read<AgentPlan>("plan", line);
  if (plan.workload.empty()) throw std::runtime_error("load agent: plan: workload: missing");
  return plan;
}
AgentReady agent_ready_from_json(std::string_view line) {
  return read<AgentReady>("ready", line);
}
AgentStart agent_start_from_json(std::string_view line) {
  return read<AgentStart>("start", line);
}

LoadInterval interval_from_json(std::string_view line) {
  LoadInterval interval;
  HistogramText total;
  read("interval", line, [&](auto& reader) {
    visit_interval(reader, interval, total);
    interval.total = total.histogram();
  });
  return interval;
}

AgentResult agent_result_from_json(std::string_view line) {
  AgentResult result;
  std::string trial;
  std::map<std::string, HistogramText> latency;
  read("result", line, [&](auto& reader) {
    visit_result(reader, result, trial, latency);
    if (trial.empty()) throw std::invalid_argument("no trial");
    Trial carrier = trial_from_json(trial);
    result.row = std::move(carrier.client.value_or(ClientRow{}));
    result.receipt = carrier.client_receipt.value_or(ClientReceipt{});
    for (const auto& [name, text] : latency) result.latency.emplace(name, text.histogram());
  });
  return result;
}

bool is_interval(std::string_view line) {
  return line.starts_with("{\"interval\":");
}
bool is_result(std::string_view line) {
  return line.starts_with("{\"trial\":");
}

}  // namespace bakeoff
