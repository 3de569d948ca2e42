// What a load agent is told and what it tells back: plain data, carried as JSON lines.
//
// The conversation, agent.h: plan -> ready, warm-up -> warmed, window -> intervals and what the window came to, end of
// the load -> the result, end of input -> the agent closes its connections and exits. A load has one window, or many
// that begin with a warm-up each: slices. The harness measures the subject's memory between the result and the end of
// input, while the connections are still open.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/load/pauses.h"
#include "harness/load/silences.h"
#include "harness/stats/histogram.h"
#include "workloads/catalogue.h"

namespace bakeoff::load {

/// One load, whole or an agent's part of it. Connections are numbered over all agents, and request k of an open load
/// has the same due time however many threads share the work.
struct AgentPlan {
  // what is asked, of whom
  std::string workload;            ///< A name of workloads/catalogue.h.
  std::string host = "127.0.0.1";  ///< An address or a name.
  std::uint16_t port = 0;
  std::string unix_socket;     ///< The path of the socket that is connected to instead; "": host and port are.
  std::string host_field;      ///< http: the Host field.
  workloads::HttpForm form{};  ///< http: method, fields and body of every request.
  /// http: targets that are asked for instead of load.request, in their order or drawn by their weights.
  std::vector<workloads::WeightedTarget> urls{};
  bool urls_in_order = false;
  workloads::Login login{};  ///< counter: what each connection begins with.
  std::uint64_t seed = 1;
  bool verify = false;        ///< Check every kind of reply once, on a connection of its own, before the load;
  bool verify_whole = true;   ///< or, where a server serves only the request, only the kinds of its replies.
  bool check_replies = true;  ///< Compare every reply with what was asked.
  /// Read the key of a load of increments before the first connection and after the last, and balance it.
  bool check_counter = false;

  journal::LoadShape load;
  /// Open loads: requests that are due and cannot be sent yet. Beyond it the oldest is shed and counted.
  std::uint64_t backlog_cap = 100'000;
  double slow_pause_s = 0.01;  ///< Between two bytes of a slow sender.

  // when
  /// How many requests the window sends: it ends when they are answered, or by the clock. Absent: by the clock alone.
  std::optional<std::uint64_t> requests{};
  double warmup_s = 0;
  double window_s = 1;
  double connect_timeout_s = 5;
  double timeout_s = 5;         ///< A request that has waited this long for its reply is given up and counted.
  double interval_s = 0;        ///< Length of the intervals to report while the window lasts; 0: none.
  bool report_windows = false;  ///< What each window came to is reported behind it.

  // with what
  std::vector<int> cpus;               ///< One thread on each. Empty: one thread, which the kernel places.
  std::vector<std::string> sources;    ///< Local addresses to connect from, in turn; empty: the kernel's choice.
  std::uint64_t first_connection = 0;  ///< The number of this agent's first one.
  std::uint64_t first_thread = 0;      ///< The number of this agent's first thread,
  std::uint64_t threads = 0;           ///< out of this number in the whole load; 0: this agent's alone.
};

/// What the client side of the workload is told for one connection of the load.
workloads::ClientSettings client_settings(const AgentPlan& plan, std::uint64_t connection);

/// Throws std::invalid_argument where the client side of the workload cannot ask what the plan has.
void check_requests(const AgentPlan& plan);

/// The same for a request alone.
void check_request(std::string_view workload, const std::string& request, const std::string& host_field = "127.0.0.1");

/// Whether the load draws from requests of several kinds, so that what a stretch of it costs depends on the draw. For a
/// request that check_request() takes; false for a workload that does not exist.
bool has_several_kinds(std::string_view workload, const std::string& request);

/// After verify and connect. `complaint` is "" when the load can begin.
struct AgentReady {
  std::uint64_t connected = 0;  ///< How many of plan.load.connections.
  std::string complaint;        ///< Why nothing can begin; the agent ends.
  std::string limit;            ///< Why not all are connected: the first error in words, "" when all are.
  bool ours = false;            ///< The complaint, or the limit, is of this side and no fault of the server's.
};

/// What a load does next.
enum class LoadPhase : std::uint8_t {
  warm_up,
  window,
  anew,  ///< The windows so far were of the warm-up: the result, and the draws, begin anew. It has no length.
  end,
};

/// A phase begins, at a moment on CLOCK_MONOTONIC, which all processes of a machine share. Each phase ends with a
/// drain; what is not answered then is cut off, so that nothing crosses over. The end has no moment and no length.
struct AgentStart {
  LoadPhase phase = LoadPhase::warm_up;
  std::uint64_t at_ns = 0;
  double length_s = 0;
};

/// What one window of a load came to, by the requests that were sent in it, whenever they were answered.
struct LoadWindow {
  double length_s = 0;                      ///< How long requests were sent.
  double busy_s = 0;                        ///< From its beginning to the last reply.
  std::uint64_t requests = 0, replies = 0;  ///< Sent, and answered rightly, in the drain too.
  std::uint64_t replies_in_time = 0;        ///< Of these, before the drain.
  std::uint64_t unfinished = 0;
  std::uint64_t due = 0, outstanding_at_end = 0;  ///< Open loads: as in AgentResult and its row.
  double outstanding_ns = 0;                      ///< Integral, request-nanoseconds.
  double sessions_ns = 0;                         ///< Integral of the sessions that were there.
  Silences silences{};
  std::map<std::string, stats::Histogram> latency{};  ///< By class, as ClientRow::latency_us.
};

/// What happened in one stretch of the window, by the time of the reply.
struct LoadInterval {
  std::uint64_t index = 0;  ///< From 0.
  double length_s = 0;
  std::uint64_t replies = 0;  ///< Right ones.
  std::uint64_t errors = 0;   ///< In any phase, wrong answers included.
  double cpu_us = 0;          ///< The CPU time of the generator's threads, and
  std::uint64_t threads = 0;  ///< how many those are.
  stats::Histogram total;
};

/// The result of a thread, of an agent or of a whole load: merge() (merge.h) makes one of two.
struct AgentResult {
  journal::ClientRow row;  ///< generators[]: one entry per thread; latency_us is made from the histograms by finish().
  journal::ClientReceipt receipt;
  std::map<std::string, stats::Histogram> latency;  ///< By class, as ClientRow::latency_us.
  std::string complaint;  ///< The first wrong, broken or error reply in words; "" if none was.
  /// For fairness and offered rate, so that they can be merged: sums over the connections' replies, and requests due.
  double replies_sum = 0, replies_square_sum = 0;
  std::uint64_t due = 0;
  /// Loads of increments: how many were sent, and the numbers that came back (Ledger::to_text(); "" when nobody else
  /// has some of them) with those that came twice.
  std::uint64_t increments_sent = 0, duplicates = 0;
  std::string ledger;
  bool ledger_complete = true;
  double outstanding_ns = 0;  ///< Integral, request-nanoseconds.
  double sessions_ns = 0;     ///< Integral of the sessions that were there.
  /// What the generator waited for by itself in the window, by pause_name(), and what that is a part of: connections x
  /// window.
  std::map<std::string, PauseCount> pauses;
  double connections_ns = 0;
  Silences silences;  ///< In all windows.
};

std::string to_json(const AgentPlan& plan);
std::string to_json(const AgentReady& ready);
std::string to_json(const AgentStart& start);
std::string to_json(const LoadInterval& interval);
std::string to_json(const LoadWindow& window);
std::string to_json(const AgentResult& result);

/// Each throws std::runtime_error naming the field when the line is not what it should be.
AgentPlan agent_plan_from_json(std::string_view line);
AgentReady agent_ready_from_json(std::string_view line);
AgentStart agent_start_from_json(std::string_view line);
LoadInterval interval_from_json(std::string_view line);
LoadWindow window_from_json(std::string_view line);
AgentResult agent_result_from_json(std::string_view line);

/// What an agent's line is, once the window has begun; a complaint is none of these.
bool is_interval(std::string_view line);
bool is_window(std::string_view line);
bool is_result(std::string_view line);

}  // namespace bakeoff::load
