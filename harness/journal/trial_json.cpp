#include "harness/journal/trial_json.h"

#include <array>

#include "harness/journal/fields.h"
#include "workloads/client.h"

namespace bakeoff {
namespace {

// fields.h finds these functions by argument-dependent look-up: for a const struct to write it, for another to read it.
template <typename T, typename Struct>
concept Is = std::same_as<std::remove_const_t<T>, Struct>;

constexpr std::array<std::pair<Outcome, const char*>, 7> kOutcomes{{{Outcome::ok, "ok"},
                                                                    {Outcome::errors, "errors"},
                                                                    {Outcome::overloaded, "overloaded"},
                                                                    {Outcome::starved, "starved"},
                                                                    {Outcome::limit, "limit"},
                                                                    {Outcome::died, "died"},
                                                                    {Outcome::not_run, "not-run"}}};

std::string to_name(Outcome outcome) {
  for (const auto& [value, name] : kOutcomes) {
    if (value == outcome) return name;
  }
  return "";
}

Outcome from_name(const std::string& text) {
  for (const auto& [value, name] : kOutcomes) {
    if (text == name) return value;
  }
  throw std::invalid_argument("outcome: found \"" + printable(text) +
                              "\", expected one of the outcomes of this version");
}

}  // namespace

template <Is<Params> Row>
void visit_fields(auto& archive, Row& row) {
  archive("load", row.load);
  archive("connections", row.connections);
  archive("pipeline", row.pipeline);
  archive("message_bytes", row.message_bytes);
  archive("request", row.request);
  archive("units", row.units);
  archive("job_size", row.job_size);
  archive("rate_rps", row.rate_rps);
  archive("ramp_to_rps", row.ramp_to_rps);
  archive("arrivals", row.arrivals);
  archive("spin", row.spin);
  archive("churn", row.churn);
  archive("idle", row.idle);
  archive("idle_asks", row.idle_asks);
  archive("slow_senders", row.slow_senders);
  archive("slow_readers", row.slow_readers);
}

template <Is<LatencySummary> Row>
void visit_fields(auto& archive, Row& row) {
  archive("p50", row.p50);
  archive("p90", row.p90);
  archive("p99", row.p99);
  archive("p999", row.p999);
  archive("max", row.max);
  archive("mean", row.mean);
  archive("count", row.count);
}

template <Is<GeneratorFacts> Row>
void visit_fields(auto& archive, Row& row) {
  archive("cpu", row.cpu);
  archive("cpu_share", row.cpu_share);
  archive("cpu_us", row.cpu_us);
}

template <Is<ErrorCount> Row>
void visit_fields(auto& archive, Row& row) {
  archive("phase", row.phase);
  archive("code", row.code);
  archive("count", row.count);
}

template <Is<Fairness> Row>
void visit_fields(auto& archive, Row& row) {
  archive("connections", row.connections);
  archive("worst_rps", row.worst_rps);
  archive("best_rps", row.best_rps);
  archive("jain", row.jain);
  archive("p99_worst_us", row.p99_worst_us);
  archive("p99_best_us", row.p99_best_us);
}

template <Is<CounterCheck> Row>
void visit_fields(auto& archive, Row& row) {
  archive("initial", row.initial);
  archive("final", row.final);
  archive("acknowledged", row.acknowledged);
  archive("unacknowledged", row.unacknowledged);
  archive("duplicates", row.duplicates);
  archive("lost", row.lost);
  archive("surplus", row.surplus);
}

template <Is<Crowd> Row>
void visit_fields(auto& archive, Row& row) {
  archive("idle", row.idle);
  archive("slow_senders", row.slow_senders);
  archive("slow_readers", row.slow_readers);
  archive("lost", row.lost);
  archive("replies", row.replies);
}

template <Is<ClientRow> Row>
void visit_fields(auto& archive, Row& row) {
  archive("generators", row.generators);
  archive("requests", row.requests);
  archive("replies_ok", row.replies_ok);
  archive("wrong_answers", row.wrong_answers);
  archive("unfinished", row.unfinished);
  archive("errors", row.errors);
  archive("connections_open", row.connections_open);
  archive("connections_served", row.connections_served);
  archive("connections_asked", row.connections_asked);
  archive("outstanding_at_end", row.outstanding_at_end);
  archive("warmup_s", row.warmup_s);
  archive("window_s", row.window_s);
  archive("throughput_rps", row.throughput_rps);
  archive("offered_rps", row.offered_rps);
  archive("ceiling_rps", row.ceiling_rps);
  archive("mean_outstanding", row.mean_outstanding);
  archive("paused_share", row.paused_share);
  archive("latency_us", row.latency_us);
  archive("clamped", row.clamped);
  archive("events", row.events);
  archive("fairness", row.fairness);
  archive("counter", row.counter);
  archive("crowd", row.crowd);
}

template <Is<SubjectRow> Row>
void visit_fields(auto& archive, Row& row) {
  archive("cpu_us", row.cpu_us);
  archive("cpu_user_us", row.cpu_user_us);
  archive("cpu_system_us", row.cpu_system_us);
  archive("cpu_us_per_request", row.cpu_us_per_request);
  archive("cpu_source", row.cpu_source);
  archive("cpu_window_s", row.cpu_window_s);
  archive("cpu_share", row.cpu_share);
  archive("switches_voluntary", row.switches_voluntary);
  archive("switches_involuntary", row.switches_involuntary);
  archive("pss_begin_kib", row.pss_begin_kib);
  archive("pss_end_kib", row.pss_end_kib);
  archive("kernel_begin_kib", row.kernel_begin_kib);
  archive("kernel_end_kib", row.kernel_end_kib);
  archive("pss_per_connection_kib", row.pss_per_connection_kib);
  archive("kernel_per_connection_kib", row.kernel_per_connection_kib);
  archive("rss_end_kib", row.rss_end_kib);
  archive("threads_peak", row.threads_peak);
  archive("processes_peak", row.processes_peak);
  archive("minor_faults", row.minor_faults);
  archive("major_faults", row.major_faults);
  archive("startup_ms", row.startup_ms);
  archive("stop_ms", row.stop_ms);
}

template <Is<JobFigure> Row>
void visit_fields(auto& archive, Row& row) {
  archive("name", row.name);
  archive.any("value", row.value);
}

template <Is<JobRow> Row>
void visit_fields(auto& archive, Row& row) {
  archive("executor", row.executor);
  archive("answer", row.answer);
  archive("answer_right", row.answer_right);
  archive("elapsed_ns", row.elapsed_ns);
  archive("figures", row.figures);
  archive("evidence", row.evidence);
}

template <Is<ServerReceipt> Row>
void visit_fields(auto& archive, Row& row) {
  archive("requests", row.requests);
  archive("bytes_received", row.bytes_received);
  archive("bytes_sent", row.bytes_sent);
  archive("final_counter", row.final_counter);
  archive("connections", row.connections);
  archive("units_created", row.units_created);
  archive("peak_live_units", row.peak_live_units);
  archive("accept_pauses", row.accept_pauses);
  archive("kept_waiting", row.kept_waiting);
  archive("limit", row.limit);
  archive("settings", row.settings);
}

template <Is<ClientReceipt> Row>
void visit_fields(auto& archive, Row& row) {
  archive("requests", row.requests);
  archive("acknowledged", row.acknowledged);
  archive("abandoned", row.abandoned);
  archive("bytes_sent", row.bytes_sent);
  archive("bytes_received", row.bytes_received);
  archive("increments_acknowledged", row.increments_acknowledged);
}

template <Is<CpuQuota> Row>
void visit_fields(auto& archive, Row& row) {
  archive("cpus", row.cpus);
  archive("periods", row.periods);
  archive("throttled_periods", row.throttled_periods);
  archive("throttled_us", row.throttled_us);
}

namespace {

// The outcome is a name in JSON; `outcome` stands for it here.
template <typename Row, typename Text>
void visit_trial(auto& archive, Row& row, Text& outcome) {
  archive("schema", row.schema);
  archive("trial_id", row.trial_id);
  archive("attempt", row.attempt);
  archive("experiment", row.experiment);
  archive("table", row.table);
  archive("block", row.block);
  archive("order", row.order);
  archive("subject", row.subject);
  archive("workload", row.workload);
  archive("params", row.params);
  archive("seed", row.seed);
  archive("started_at", row.started_at);
  archive("harness_hash", row.harness_hash);
  archive("subject_hash", row.subject_hash);
  archive("subject_cpus", row.subject_cpus);
  archive("load_cpus", row.load_cpus);
  archive("outcome", outcome);
  archive("outcome_detail", row.outcome_detail);
  archive("validity", row.validity);
  archive("client", row.client);
  archive("subject_cost", row.subject_cost);
  archive("job", row.job);
  archive("server_receipt", row.server_receipt);
  archive("client_receipt", row.client_receipt);
  archive("foreign_cpu_share", row.foreign_cpu_share);
  archive("load_foreign_share", row.load_foreign_share);
  archive("steal_share", row.steal_share);
  archive("subject_quota", row.subject_quota);
  archive("load_quota", row.load_quota);
  archive("frequency_mhz", row.frequency_mhz);
  archive("load_average_before", row.load_average_before);
  archive("load_average_after", row.load_average_after);
  archive("descriptor_limit", row.descriptor_limit);
}

}  // namespace

std::string trial_to_json(const Trial& trial) {
  fields::Json object;
  fields::Writer writer(object);
  const std::string outcome = to_name(trial.outcome);
  visit_trial(writer, trial, outcome);
  return fields::dump(object, -1);
}

Trial trial_from_json(std::string_view line) {
  thread_local fields::Document document;  // Rows come by the hundred thousand.
  const fields::Value& object = document.parse(line);
  fields::require_schema(object, kTrialSchema);
  if (object.at_key("trial_id").error() != simdjson::SUCCESS) {
    throw std::invalid_argument("trial_id: missing, so that this is no row");
  }
  Trial trial;
  std::string outcome = "ok";
  fields::Reader reader(object, "");
  visit_trial(reader, trial, outcome);
  trial.outcome = from_name(outcome);
  return trial;
}

bool is_json(std::string_view text) {
  return nlohmann::json::accept(text);
}

}  // namespace bakeoff
