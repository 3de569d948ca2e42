#include "harness/load/plan.h"

#include <stdexcept>

#include "harness/journal/histogram_json.h"
#include "harness/journal/json.h"
#include "harness/journal/load_shape_fields.h"
#include "harness/journal/trial_json.h"
#include "harness/measure/plain_text.h"
#include "workloads/integer.h"

namespace bakeoff::load {
namespace {

using journal::fields::embedded;
using journal::fields::field;
using journal::fields::FieldTable;

constexpr FieldTable kHttpFormFields{
    field<&workloads::HttpForm::method>("method"),
    field<&workloads::HttpForm::fields>("fields"),
    field<&workloads::HttpForm::body>("body"),
};

constexpr FieldTable kWeightedTargetFields{
    field<&workloads::WeightedTarget::target>("target"),
    field<&workloads::WeightedTarget::weight>("weight"),
};

constexpr FieldTable kLoginFields{
    field<&workloads::Login::user>("user"),
    field<&workloads::Login::password>("password"),
    field<&workloads::Login::database>("database"),
};

constexpr FieldTable kAgentPlanFields{
    field<&AgentPlan::workload>("workload"),
    field<&AgentPlan::host>("host"),
    field<&AgentPlan::port>("port"),
    field<&AgentPlan::unix_socket>("unix_socket"),
    field<&AgentPlan::host_field>("host_field"),
    embedded<&AgentPlan::login, kLoginFields>(),
    field<&AgentPlan::form, kHttpFormFields>("form"),
    field<&AgentPlan::urls, kWeightedTargetFields>("urls"),
    field<&AgentPlan::urls_in_order>("urls_in_order").unless_zero(),
    field<&AgentPlan::seed>("seed"),
    field<&AgentPlan::verify>("verify"),
    field<&AgentPlan::verify_whole>("verify_whole"),
    field<&AgentPlan::check_replies>("check_replies"),
    field<&AgentPlan::check_counter>("check_counter"),
    embedded<&AgentPlan::load, journal::kRequestFields>(),
    embedded<&AgentPlan::load, journal::kArrivalFields>(),
    field<&AgentPlan::backlog_cap>("backlog_cap"),
    field<&AgentPlan::slow_pause_s>("slow_pause_s"),
    field<&AgentPlan::requests>("requests"),
    field<&AgentPlan::warmup_s>("warmup_s"),
    field<&AgentPlan::window_s>("window_s"),
    field<&AgentPlan::connect_timeout_s>("connect_timeout_s"),
    field<&AgentPlan::timeout_s>("timeout_s"),
    field<&AgentPlan::interval_s>("interval_s"),
    field<&AgentPlan::report_windows>("report_windows"),
    field<&AgentPlan::cpus>("cpus"),
    field<&AgentPlan::sources>("sources"),
    field<&AgentPlan::first_connection>("first_connection"),
    field<&AgentPlan::first_thread>("first_thread"),
    field<&AgentPlan::threads>("threads"),
};

constexpr FieldTable kAgentReadyFields{
    field<&AgentReady::connected>("connected"),
    field<&AgentReady::complaint>("complaint"),
    field<&AgentReady::limit>("limit"),
    field<&AgentReady::ours>("ours"),
};

constexpr journal::fields::EnumNames kPhaseNames{
    "warm_up, window, anew or end", journal::fields::NameOf{LoadPhase::warm_up, "warm_up"},
    journal::fields::NameOf{LoadPhase::window, "window"}, journal::fields::NameOf{LoadPhase::anew, "anew"},
    journal::fields::NameOf{LoadPhase::end, "end"}};

constexpr FieldTable kAgentStartFields{
    field<&AgentStart::phase, kPhaseNames>("phase"),
    field<&AgentStart::at_ns>("at_ns"),
    field<&AgentStart::length_s>("length_s"),
};

constexpr FieldTable kPauseFields{
    field<&PauseCount::count>("count"),
    field<&PauseCount::ns>("ns"),
};

constexpr FieldTable kSilenceFields{
    field<&Silence::from_ns>("from_ns"),
    field<&Silence::to_ns>("to_ns"),
    field<&Silence::outstanding>("outstanding"),
};

constexpr FieldTable kSilencesFields{
    field<&Silences::threads>("threads"),
    field<&Silences::list, kSilenceFields>("list"),
};

constexpr FieldTable kLoadIntervalFields{
    field<&LoadInterval::index>("interval"),  field<&LoadInterval::length_s>("length_s"),
    field<&LoadInterval::replies>("replies"), field<&LoadInterval::errors>("errors"),
    field<&LoadInterval::cpu_us>("cpu_us"),   field<&LoadInterval::threads>("threads"),
};

// A body may be any bytes, and JSON is text.
std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    (text += kDigits[code >> 4]) += kDigits[code & 15];
  }
  return text;
}

std::string from_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const int high = workloads::hex_value(text[i]), low = workloads::hex_value(text[i + 1]);
    if (high < 0 || low < 0) break;
    bytes += static_cast<char>(high * 16 + low);
  }
  if (2 * bytes.size() != text.size()) throw std::runtime_error("load agent: plan: form.body: expected hexadecimal");
  return bytes;
}

struct IntervalLine {
  LoadInterval interval;
  journal::HistogramParts total;
};

constexpr FieldTable kIntervalLineFields{
    embedded<&IntervalLine::interval, kLoadIntervalFields>(),
    field<&IntervalLine::total, journal::kHistogramFields>("total"),
};

constexpr FieldTable kLoadWindowFields{
    field<&LoadWindow::length_s>("window"),
    field<&LoadWindow::busy_s>("busy_s"),
    field<&LoadWindow::requests>("requests"),
    field<&LoadWindow::replies>("replies"),
    field<&LoadWindow::replies_in_time>("replies_in_time"),
    field<&LoadWindow::unfinished>("unfinished"),
    field<&LoadWindow::due>("due"),
    field<&LoadWindow::outstanding_at_end>("outstanding_at_end"),
    field<&LoadWindow::outstanding_ns>("outstanding_ns"),
    field<&LoadWindow::sessions_ns>("sessions_ns"),
    field<&LoadWindow::silences, kSilencesFields>("silences"),
};

// Histograms by class travel as their parts.
using LatencyParts = std::map<std::string, journal::HistogramParts>;

LatencyParts parts_of(const std::map<std::string, stats::Histogram>& latency) {
  LatencyParts parts;
  for (const auto& [name, histogram] : latency) parts.emplace(name, journal::HistogramParts(histogram));
  return parts;
}

std::map<std::string, stats::Histogram> latency_of(const LatencyParts& parts) {
  std::map<std::string, stats::Histogram> latency;
  for (const auto& [name, part] : parts) latency.emplace(name, part.histogram());
  return latency;
}

struct WindowLine {
  LoadWindow window;
  LatencyParts latency;
};

constexpr FieldTable kWindowLineFields{
    embedded<&WindowLine::window, kLoadWindowFields>(),
    field<&WindowLine::latency, journal::kHistogramFields>("latency"),
};

constexpr FieldTable kAgentResultFields{
    field<&AgentResult::complaint>("complaint"),
    field<&AgentResult::replies_sum>("replies_sum"),
    field<&AgentResult::replies_square_sum>("replies_square_sum"),
    field<&AgentResult::due>("due"),
    field<&AgentResult::increments_sent>("increments_sent"),
    field<&AgentResult::duplicates>("duplicates"),
    field<&AgentResult::ledger>("ledger"),
    field<&AgentResult::ledger_complete>("ledger_complete"),
    field<&AgentResult::outstanding_ns>("outstanding_ns"),
    field<&AgentResult::sessions_ns>("sessions_ns"),
    field<&AgentResult::pauses, kPauseFields>("pauses"),
    field<&AgentResult::connections_ns>("connections_ns"),
    field<&AgentResult::silences, kSilencesFields>("silences"),
};

// The row and the receipt travel in the form in which the journal keeps them.
struct ResultLine {
  std::string trial;
  LatencyParts latency;
  AgentResult result;
};

constexpr FieldTable kResultLineFields{
    field<&ResultLine::trial>("trial"),
    field<&ResultLine::latency, journal::kHistogramFields>("latency"),
    embedded<&ResultLine::result, kAgentResultFields>(),
};

/// What `read_it` makes of the line, with errors that say which line of the conversation it was. A plan is not shown:
/// it may have a password.
auto reading(std::string_view what, std::string_view line, const auto& read_it) {
  try {
    return read_it();
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error("load agent: " + std::string(what) + ": " + error.what() +
                             (what == "plan" ? "" : " in " + measure::in_quotes(line)));  // A plan may have a password.
  }
}

template <typename T, std::size_t N>
void read_into(T& value, const char* what, const FieldTable<T, N>& table, std::string_view line) {
  reading(what, line, [&] { journal::fields::read_json(table, line, value); });
}

template <typename T, std::size_t N>
T read(const char* what, const FieldTable<T, N>& table, std::string_view line) {
  T value;
  read_into(value, what, table, line);
  return value;
}

}  // namespace

workloads::ClientSettings client_settings(const AgentPlan& plan, std::uint64_t connection) {
  return {.seed = plan.seed,
          .connection = connection,
          .message_bytes = plan.load.message_bytes,
          .request = plan.load.request,
          .host = plan.host_field,
          .login = plan.login,
          .form = plan.form,
          .urls = plan.urls,
          .urls_in_order = plan.urls_in_order,
          .check = plan.check_replies};
}

void check_requests(const AgentPlan& plan) {
  const workloads::WorkloadEntry* entry = workloads::find_workload(plan.workload);
  if (entry != nullptr) entry->make_client(client_settings(plan, 0));
}

void check_request(std::string_view workload, const std::string& request, const std::string& host_field) {
  const workloads::WorkloadEntry* entry = workloads::find_workload(workload);
  if (entry != nullptr) entry->make_client({.request = request, .host = host_field});
}

bool has_several_kinds(std::string_view workload, const std::string& request) {
  const workloads::WorkloadEntry* entry = workloads::find_workload(workload);
  return entry != nullptr && entry->make_client({.request = request, .host = "127.0.0.1"})->classes().size() > 1;
}

std::string to_json(const AgentPlan& plan) {
  AgentPlan line = plan;
  line.form.body = to_hex(plan.form.body);
  return journal::fields::write_json(kAgentPlanFields, line);
}
std::string to_json(const AgentReady& ready) {
  return journal::fields::write_json(kAgentReadyFields, ready);
}
std::string to_json(const AgentStart& start) {
  return journal::fields::write_json(kAgentStartFields, start);
}

std::string to_json(const LoadInterval& interval) {
  return journal::fields::write_json(kIntervalLineFields, {interval, journal::HistogramParts(interval.total)});
}

std::string to_json(const LoadWindow& window) {
  return journal::fields::write_json(kWindowLineFields, {window, parts_of(window.latency)});
}

std::string to_json(const AgentResult& result) {
  journal::Trial carrier;
  carrier.trial_id = "agent";
  carrier.client = result.row;
  carrier.client_receipt = result.receipt;
  const ResultLine line{
      .trial = journal::trial_to_json(carrier), .latency = parts_of(result.latency), .result = result};
  return journal::fields::write_json(kResultLineFields, line);
}

AgentPlan agent_plan_from_json(std::string_view line) {
  AgentPlan plan;
  plan.load = journal::kNoLoad;  // What is zero is absent: an agent may have no connection of the load.
  read_into(plan, "plan", kAgentPlanFields, line);
  if (plan.workload.empty()) throw std::runtime_error("load agent: plan: workload: missing");
  plan.form.body = from_hex(plan.form.body);
  return plan;
}
AgentReady agent_ready_from_json(std::string_view line) {
  return read("ready", kAgentReadyFields, line);
}
AgentStart agent_start_from_json(std::string_view line) {
  return read("start", kAgentStartFields, line);
}

LoadInterval interval_from_json(std::string_view text) {
  return reading("interval", text, [&] {
    IntervalLine line;
    journal::fields::read_json(kIntervalLineFields, text, line);
    line.interval.total = line.total.histogram();
    return line.interval;
  });
}

LoadWindow window_from_json(std::string_view text) {
  return reading("window", text, [&] {
    WindowLine line;
    journal::fields::read_json(kWindowLineFields, text, line);
    line.window.latency = latency_of(line.latency);
    return line.window;
  });
}

AgentResult agent_result_from_json(std::string_view text) {
  return reading("result", text, [&] {
    ResultLine line;
    journal::fields::read_json(kResultLineFields, text, line);
    if (line.trial.empty()) throw std::invalid_argument("no trial");
    journal::Trial carrier = journal::trial_from_json(line.trial);
    line.result.row = std::move(carrier.client).value_or(journal::ClientRow{});
    line.result.receipt = carrier.client_receipt.value_or(journal::ClientReceipt{});
    line.result.latency = latency_of(line.latency);
    return line.result;
  });
}

bool is_interval(std::string_view line) {
  return line.starts_with("{\"interval\":");
}
bool is_window(std::string_view line) {
  return line.starts_with("{\"window\":");
}
bool is_result(std::string_view line) {
  return line.starts_with("{\"trial\":");
}

}  // namespace bakeoff::load
