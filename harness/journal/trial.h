// One trial, one row: plain data with the units in the names. What is unknown is absent, never 0.
// The JSON of a row (writer.h, reader.h) uses these field names; design of the row: results/README.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/load_shape.h"
#include "harness/journal/queue_row.h"
#include "harness/measure/cpu_quota_facts.h"
#include "harness/stats/latency_summary.h"

namespace bakeoff::journal {

/// 2: event-loops are Asio's by default. What schema 1 meant by a name: earlier_settings.h.
inline constexpr int kTrialSchema = 2;

/// Behind the name of a subject that another build has: `bakeoff run --against`.
inline constexpr std::string_view kOtherBuildSuffix = "@other";

/// What happened. A result, not a fault of the harness.
enum class Outcome : std::uint8_t { ok, errors, overloaded, starved, limit, died, not_run };

/// What a trial does with its subject. Rows, tables of experiments and comparisons tell kinds apart by this alone.
enum class TrialKind : std::uint8_t {
  served,   ///< The subject serves a workload under a load.
  job,      ///< It runs a job to its end.
  probe,    ///< It measures one mechanism.
  queue,    ///< Its workers take jobs from a queue.
  startup,  ///< It is started to serve, asked once, and left alone.
};

/// "workload", "job", "probe", "queue", "startup": the key under which an experiment names the work of such a trial.
std::string_view name_of(TrialKind kind);

/// The files that the requests of a load ask for (workloads/file_set.h), and what the page cache had of them.
struct FilesFacts {
  std::uint64_t count = 0;
  std::string bytes;  ///< How large they are: FileSet::bytes.
  /// warm: all were read before the trial; cold: none was in the cache when the load began; limited: none was when the
  /// subject began, and it may have no more than Params::memory_mib, the cache included.
  std::string page_cache;
};

/// The back end that the requests of a load have the subject call, and how it is called (PROTOCOLS.md).
struct BackEndFacts {
  std::string name;  ///< "http", our own; or the subject that stands behind: "redis", "postgres".
  std::optional<std::uint64_t> delay_us{};  ///< What our own waits before each answer.
  std::uint64_t pool = 8;                   ///< The most connections of those who share a pool.
  std::uint64_t timeout_ms = 1000;          ///< What a call may take.
};

/// What carries the bytes between load and subject.
enum class Transport : std::uint8_t { tcp, unix_socket };

/// The setting that a table holds fixed for all its subjects. A row has the load's fields among the others (flat), and
/// the kind under "load": "job", "probe", "queue", "startup", or of a trial that is served "closed" or "open".
struct Params {
  TrialKind kind = TrialKind::served;
  LoadShape load = kNoLoad;              ///< Served trials only.
  std::optional<std::uint64_t> units{};  ///< Asked of the subject; absent: the subject's own default.
  std::optional<std::uint64_t> job_size{};
  std::optional<FilesFacts> files{};          ///< Loads that ask for files only.
  std::optional<BackEndFacts> back_end{};     ///< Loads that call one only.
  std::optional<std::uint64_t> memory_mib{};  ///< The most that the subject may have, what it reads of files included.
  std::optional<std::uint64_t> heap_mib{};    ///< What its runtime is told to have for its heap at the most.
  /// How long it rests when the load has gone, before its memory is read once more; absent: it is stopped at once.
  std::optional<double> rest_s{};
  std::optional<double> p99_limit_ms{};  ///< A load counts as served where its p99 is not above this.
  std::optional<QueueParams> queue{};    ///< Trials of that kind only.
  Transport transport = Transport::tcp;  ///< Absent in a row: TCP.
};

/// The word of a row for what is done: "closed" or "open" loop of a load, "job", "probe", "queue". Trials with
/// different ones are never compared with each other.
std::string_view load_word(const Params& params);

/// One load agent's own facts.
struct GeneratorFacts {
  std::optional<int> cpu;           ///< The CPU that it is pinned to.
  std::optional<double> cpu_share;  ///< CPU time of the busiest thread as a share of the window, 0 to 1.
  double cpu_us = 0;                ///< User and system, in the window.
};

/// Errors by phase and errno, for example {"connect", "ECONNREFUSED"} -> 3. A phase without an errno has "".
struct ErrorCount {
  /// connect, write, read; closed: by the server, before its reply; parse: what came could not be read (code: one of
  /// workloads/refusal.h);
  /// reply: an error in the protocol's own words (code: the HTTP status); timeout: sent and not answered in time.
  /// For requests that an open load never sent: late: no connection was free within the timeout; shed: the backlog was
  /// full.
  std::string phase;
  std::string code;
  std::uint64_t count = 0;
};

/// How evenly the connections were served. Over all that were asked for, whether or not they could be opened.
struct Fairness {
  std::uint64_t connections = 0;
  double worst_rps = 0, best_rps = 0;  ///< Replies of one connection over the window.
  double jain = 1;                     ///< Jain's index of the connections' replies: 1 all alike, 1/n one has all.
  /// The extremes of the connections' own p99; absent where none had enough replies (100) or there were too many
  /// connections.
  std::optional<double> p99_worst_us{}, p99_best_us{};
};

/// What increments of one key came to. Equal accounts mean initial + acknowledged <= final <= that + unacknowledged.
struct CounterCheck {
  std::int64_t initial = 0, final = 0;  ///< The key's value before the first and after the last request.
  std::uint64_t acknowledged = 0;       ///< Increments that were answered.
  std::uint64_t unacknowledged = 0;     ///< Sent, not answered: the server may have done them or not.
  std::uint64_t duplicates = 0;         ///< Replies that gave a number which another reply had given already.
  std::uint64_t lost = 0;               ///< Acknowledged, and not in the final value.
  std::uint64_t surplus = 0;            ///< In the final value, but not sent by this load.
};

/// Connections beside the load.
struct CrowdFacts {
  std::uint64_t idle = 0, slow_senders = 0, slow_readers = 0;  ///< Open when the load began.
  std::uint64_t lost = 0;     ///< How many of those the server had closed, or had failed, by the end of the load.
  std::uint64_t replies = 0;  ///< To the slow senders.
};

/// Whether a class of ClientRow::latency_us is one of the load's own kinds of requests ("light", "/wait"), and no part
/// of what all requests have.
inline bool is_request_class(std::string_view name) {
  return name != "total" && name != "slip" && name != "wait" && name != "service" && name != "connect";
}

/// Stretches of the window in which the subject answered nothing although requests were outstanding
/// (harness/load/silences.h).
struct SubjectPauses {
  std::uint64_t count = 0;
  double longest_us = 0, total_us = 0;
};

/// What the client side saw.
struct ClientRow {
  std::vector<GeneratorFacts> generators;
  std::uint64_t requests = 0;  ///< Sent in the window.
  std::uint64_t replies_ok =
      0;  ///< Right, and received in the window (in slices: or in the drain) for requests of the window.
  std::uint64_t wrong_answers = 0;  ///< At any time of the trial.
  std::uint64_t unfinished = 0;     ///< Sent in the window, never answered; they are in the histogram with their age.
  std::vector<ErrorCount> errors;   ///< At any time of the trial.
  std::uint64_t connections_open = 0;               ///< At the start of the window.
  std::uint64_t connections_served = 0;             ///< Connections that completed at least one reply of the window.
  std::optional<std::uint64_t> connections_asked;   ///< Those on which a request of the window was sent.
  std::optional<std::uint64_t> outstanding_at_end;  ///< Open loads: due and unanswered when the window ended.
  double warmup_s = 0;
  double window_s = 0;
  double throughput_rps = 0;          ///< Replies in the window, over its length; in slices see results/README.md.
  std::optional<double> ceiling_rps;  ///< What the generator reached against a server that does nothing.
  std::optional<double> offered_rps;  ///< Open loads only: requests that came due, over the window.
  /// Integral of the window's requests that were due and unanswered, until the last one was answered or given up, over
  /// the window.
  std::optional<double> mean_outstanding;
  /// Loads of sessions: how many were there at once, a mean over the window.
  std::optional<double> mean_sessions;
  /// The share of its connections' time in the window that the generator waited on its own account (a pause before it
  /// connected again, no port, no descriptor). Unknown where nobody counted.
  std::optional<double> paused_share;
  /// Absent where nobody listened, or where a load has too few requests outstanding to tell a pause from a slow
  /// request.
  std::optional<SubjectPauses> subject_pauses;
  /// By class. total: from due (closed: sent) to answered = slip (due to noticed: ours) + wait (noticed to sent: no
  /// connection was free) + service (sent to answered). Closed loads have total alone. churn adds connect.
  /// A load of several classes of requests adds each of them (is_request_class()): their totals apart.
  std::map<std::string, stats::LatencySummary> latency_us;
  std::uint64_t clamped = 0;        ///< Latencies beyond the histogram's range, entered at its end.
  std::vector<std::string> events;  ///< What a reader of the row should know, in words.
  std::optional<Fairness> fairness;
  std::optional<CounterCheck> counter;  ///< Loads of increments only.
  std::optional<CrowdFacts> crowd;      ///< Where there was one.
};

/// What the subject's process tree cost.
struct SubjectRow {
  std::optional<double> cpu_us;       ///< In the window; exact where cpu_source is cgroup2 or cpuacct.
  std::optional<double> cpu_user_us;  ///< Split as sampled by the kernel.
  std::optional<double> cpu_system_us;
  std::optional<double>
      cpu_us_per_request;              ///< cpu_us, and in slices what is charged for CPU at rest, over replies_ok.
  std::string cpu_source;              ///< cgroup2, cpuacct, schedstat, cpuclock, wait4; "" when unknown.
  std::optional<double> cpu_window_s;  ///< Between the two readings that cpu_us is the difference of.
  std::optional<double> cpu_share;     ///< cpu_us over window x subject CPUs.
  /// With slices: what it used while others were measured and nobody asked it, also as a share of that time on one CPU.
  std::optional<double> cpu_at_rest_share, cpu_at_rest_us;
  std::optional<std::uint64_t> switches_voluntary;
  std::optional<std::uint64_t> switches_involuntary;
  /// The PSS of the process tree: ready and without a connection yet; and after the window, connections still open.
  std::optional<std::uint64_t> pss_begin_kib, pss_end_kib;
  /// The part of pss_end_kib that pages of files are. Absent in rows of versions that divided such pages with every
  /// program on the machine that maps them.
  std::optional<std::uint64_t> pss_file_kib;
  /// What the kernel held for it at the same moments.
  std::optional<std::uint64_t> kernel_begin_kib, kernel_end_kib;
  /// Both once more after Params::rest_s without a connection.
  std::optional<std::uint64_t> pss_after_kib, kernel_after_kib;
  /// Memory for each connection that was open at the end; see results/README.md for what is in it.
  std::optional<double> pss_per_connection_kib, kernel_per_connection_kib;
  std::optional<std::uint64_t> rss_end_kib;
  std::optional<std::uint64_t> threads_peak;
  std::optional<std::uint64_t> processes_peak;
  std::optional<std::uint64_t> minor_faults;
  std::optional<std::uint64_t> major_faults;
  std::optional<double> startup_ms;
  std::optional<double> stop_ms;
};

/// A warm-up that ended by the rule of harness/stats/steady.h, or did not and was ended by its limit.
struct WarmUpRow {
  double slice_s = 0;                          ///< The length of its slices.
  std::vector<double> cpu_us_per_request{};    ///< Of each of them.
  std::vector<double> reference_us{};          ///< What the reference work cost meanwhile (measure/reference_work.h).
  std::optional<std::uint64_t> steady_from{};  ///< The first of those that were steady; absent: it never was.
  /// What a request costs in the steady state over what it cost in an earlier stretch, where that was cheaper.
  std::optional<double> over_earlier{};
  std::optional<stats::LatencySummary> first_us{};  ///< Latencies of the first slice: of a program that is cold.
};

/// What the back end of a trial did in the window. It runs on the load's CPUs and is no part of the subject.
struct BackEndRow {
  std::optional<double> cpu_us;              ///< Of all its processes.
  std::optional<double> cpu_us_per_request;  ///< Over ClientRow::replies_ok.
};

/// A number by name; the name ends in its unit (workloads/jobs/figure.h).
struct JobFigure {
  std::string name;
  double value = 0;
};

/// What a job says, or a probe or a start, which have no executor and no answer.
struct JobRow {
  std::string executor;
  std::uint64_t answer = 0;
  bool answer_right = false;
  std::uint64_t elapsed_ns = 0;             ///< By its own clock.
  std::optional<std::uint64_t> lived_ns{};  ///< Its program, from before the start until it was reaped, by ours.
  std::vector<JobFigure> figures{};         ///< Its own, beside the time; the first leads.
  std::vector<std::string> evidence{};      ///< What a demonstration has seen, in sentences.
};

/// What a runtime says of itself when it is ready.
struct RuntimeFacts {
  std::string name, version;             ///< "node", "20.20.2".
  std::optional<std::uint64_t> cpus;     ///< How many it sees.
  std::optional<std::uint64_t> threads;  ///< Of the pool that runs its units.
  std::string collector;
  std::optional<std::uint64_t> heap_limit_mib;
  std::vector<std::string> flags;  ///< What it was started with, or does without: "no gil".
};

/// Each side's own account, over verify, warm-up and measure together.
struct ServerReceipt {
  std::optional<std::uint64_t> requests, bytes_received, bytes_sent;
  std::optional<std::uint64_t> files;  ///< Sent whole; absent where it serves none.
  std::optional<std::uint64_t> calls;  ///< Of its back end; absent where it has none. So are the others about calls:
  std::optional<std::uint64_t> back_end_connections;  ///< Made to it.
  std::optional<std::uint64_t> call_waits;            ///< Waits for a connection to it,
  std::optional<double> call_wait_us;                 ///< and how long they took, all together.
  /// Requests whose calls failed.
  std::optional<std::uint64_t> calls_refused, calls_broken, calls_without_value, calls_late;
  std::optional<std::int64_t> final_counter;
  std::optional<std::uint64_t> connections, units_created, peak_live_units, accept_pauses;
  std::optional<std::uint64_t> kept_waiting;    ///< Connections that came when all units were taken.
  std::optional<std::string> limit;             ///< The limit of the system that it met: "vm.max_map_count = 65530".
  std::map<std::string, std::string> settings;  ///< Its model's, as they came out.
};
struct ClientReceipt {
  std::uint64_t requests = 0;      ///< Sent, complete.
  std::uint64_t acknowledged = 0;  ///< Replies received, whatever they said.
  std::uint64_t abandoned = 0;     ///< Sent in the warm-up, their replies no longer waited for when it was over.
  std::uint64_t bytes_sent = 0, bytes_received = 0;
  std::uint64_t files = 0;                              ///< Replies that were files, whole.
  std::uint64_t calls = 0;                              ///< Calls of the back end that right replies stand for.
  std::optional<std::int64_t> increments_acknowledged;  ///< For the key "counter".
};

/// A part of a trial whose block ran in slices: the subjects of the block were loaded in turn, round after round.
struct SliceFacts {
  std::uint64_t round = 0;    ///< From 0. Each subject that still answers has one slice in each round.
  std::uint64_t place = 0;    ///< Within the round, from 0.
  double window_s = 0;        ///< How long requests were sent.
  std::uint64_t replies = 0;  ///< Right ones, until the last of its requests was answered.
  double throughput_rps = 0;
  std::optional<double> cpu_us;  ///< Of the subject, for exactly these requests.
  std::optional<double> foreign_cpu_share, load_foreign_share, steal_share;  ///< As the row's, of this slice.
  /// Others disturbed it, or a slice next to it in time. It is not part of the row's figures: see slices.h.
  bool left_out = false;
};

struct Trial {
  int schema = kTrialSchema;
  // identity
  std::string trial_id;
  int attempt = 1;
  std::string experiment;
  std::string table;
  int block = 0;  ///< From 0.
  int order = 0;  ///< Place within the block, from 0.
  std::string subject;
  std::string workload;  ///< Or the job's name, or what a probe measures: see Params::kind.
  Params params;
  std::uint64_t seed = 0;
  std::string started_at;  ///< UTC, RFC 3339.
  std::string harness_hash;
  std::string subject_hash;  ///< Of the program and, where it is one of others, of what it is started with: sources,
                             ///< built files.
  std::vector<int> subject_cpus, load_cpus;
  // what came of it
  std::optional<ClientRow> client;
  std::optional<SubjectRow> subject_cost;
  std::optional<WarmUpRow> warm_up;  ///< Where its end was not fixed.
  std::optional<BackEndRow> back_end;
  std::optional<JobRow> job;
  std::optional<QueueRow> queue;
  /// In the order in which they were measured; empty for a trial that ran by itself. Figures of the window are those of
  /// the slices that count (slices.h).
  std::vector<SliceFacts> slices;
  std::string one_by_one;  ///< Why a served trial ran by itself and not in slices beside others; "" where it did not.
  std::optional<RuntimeFacts> runtime;
  std::optional<ServerReceipt> server_receipt;
  std::optional<ClientReceipt> client_receipt;
  std::optional<double> foreign_cpu_share;   ///< CPU that others took on the subject's CPUs, of window x CPUs.
  std::optional<double> load_foreign_share;  ///< The same on the load's CPUs, where they are others.
  std::optional<double> steal_share;         ///< Time the hypervisor took from them.
  /// The quotas above the subject and above the load; absent where there is none, or where it cannot be told.
  std::optional<measure::CpuQuota> subject_quota, load_quota;
  /// The frequency of the subject's CPUs in MHz: the mean of what the kernel says just before and just after the
  /// window.
  std::optional<double> frequency_mhz;
  /// The machine's load average of a minute, before the trial began and after it ended.
  std::optional<double> load_average_before, load_average_after;
  std::optional<std::uint64_t> descriptor_limit;  ///< Where it bound the trial.
  Outcome outcome = Outcome::ok;
  std::string outcome_detail;  ///< One line; the last lines of the subject's output where it died.
  /// Metric -> reason for which it is void (harness/validity). Metrics: throughput, latency, latency.p99 (one
  /// percentile), cpu_per_request, everything; for a job: elapsed, cpu, everything.
  std::map<std::string, std::string> validity;
};

/// Whether there is anything in the row that was measured.
inline bool has_figures(const Trial& trial) {
  return trial.client || trial.job || trial.queue;
}

}  // namespace bakeoff::journal
