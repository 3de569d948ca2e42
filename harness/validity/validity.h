// Which numbers of a row may be believed, and what happened in the trial. Pure functions of the row.
//
// The rules are the table in harness/validity/README.md. Errors, overload, starvation, limits and deaths are outcomes:
// results to be shown. A void number is one that does not measure what its column says; it is shown struck out with
// its reason and takes no part in a comparison.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "harness/journal/trial.h"
#include "harness/stats/latency_summary.h"

namespace bakeoff::validity {

/// Metric names, the keys of Trial::validity. One percentile is "latency.p99" and the like.
namespace metric {
inline constexpr std::string_view kEverything = "everything";
inline constexpr std::string_view kThroughput = "throughput";
inline constexpr std::string_view kLatency = "latency";
inline constexpr std::string_view kCpuPerRequest = "cpu_per_request";
inline constexpr std::string_view kElapsed = "elapsed";  ///< A job's.
inline constexpr std::string_view kCpu = "cpu";          ///< A job's.
}  // namespace metric

/// The percentiles of a row's latency, each a metric of its own.
struct PercentileMetric {
  std::string_view metric;
  double stats::LatencySummary::*value;
};
inline constexpr std::array<PercentileMetric, 4> kPercentiles{{{"latency.p50", &stats::LatencySummary::p50},
                                                               {"latency.p90", &stats::LatencySummary::p90},
                                                               {"latency.p99", &stats::LatencySummary::p99},
                                                               {"latency.p999", &stats::LatencySummary::p999}}};

/// Reasons, the values of Trial::validity.
namespace reason {
inline constexpr std::string_view kWrongAnswers = "wrong-answers";
inline constexpr std::string_view kReceiptMismatch = "receipt-mismatch";
inline constexpr std::string_view kUnseenCpus = "unseen-cpus";
inline constexpr std::string_view kNotCounted = "not-counted";
inline constexpr std::string_view kDidNotWait = "did-not-wait";
inline constexpr std::string_view kWrongClock = "wrong-clock";
inline constexpr std::string_view kLoadFailed = "load-failed";  ///< Set by the runner of the trial.
inline constexpr std::string_view kPartOfTheWork = "part-of-the-work";
inline constexpr std::string_view kUnsteady = "unsteady";
inline constexpr std::string_view kThrottled = "throttled";
inline constexpr std::string_view kPaused = "paused";
inline constexpr std::string_view kGeneratorBound = "generator-bound";
inline constexpr std::string_view kUnderdelivered = "underdelivered";
inline constexpr std::string_view kNoisy = "noisy";
inline constexpr std::string_view kReadLate = "read-late";
inline constexpr std::string_view kLittlesLaw = "littles-law";
inline constexpr std::string_view kSlipped = "slipped";
}  // namespace reason

inline constexpr double kBusyShare = 0.90;       ///< Above it a generator thread or the subject's CPUs are full.
inline constexpr double kNoisyShare = 0.02;      ///< Above it wall-clock figures are void.
inline constexpr double kVeryNoisyShare = 0.20;  ///< Above it CPU figures too.
inline constexpr double kPausedShare = 0.02;  ///< Share of the connections' time that the generator waited for itself.
inline constexpr double kReadTolerance = 0.05;  ///< How far the CPU readings may miss the window, as a share of it.
inline constexpr double kLittlesLawTolerance = 0.10;  ///< As a share of the mean outstanding requests.
inline constexpr double kSlipShare = 0.25;            ///< As a share of the latency at the same percentile.
inline constexpr double kJobsInTimeShare = 0.90;  ///< Of a queue, as a share of the offered rate; the last job counts.
inline constexpr double kDeliveredShare = 0.99;   ///< As a share of the offered rate.

/// metric -> reason. Where several reasons void one metric, the one named is the first of the list above.
std::map<std::string, std::string> judge_validity(const journal::Trial& trial);

/// What the trial runner has set (died, limit, not_run, overloaded, starved) stays; otherwise from errors, wrong
/// answers, connections that were never served, requests that were never answered.
journal::Outcome judge_outcome(const journal::Trial& trial);

/// Sets outcome and validity of the row. Where the outcome gets its value here and outcome_detail is empty, that says
/// in one line what was counted.
void judge(journal::Trial& trial);

/// The reason that voids this metric of the row ("latency.p99" is also void when "latency" or "everything" is);
/// "" when it may be believed.
std::string void_reason(const journal::Trial& trial, std::string_view metric);

/// The metrics that can be void in a trial of that kind.
std::span<const std::string_view> metrics_of(journal::TrialKind kind);

/// Others were on the trial's CPUs, kept the harness from reading in time or ended its load, so that at least one
/// metric is void: the trial is worth running once more.
bool is_noisy(const journal::Trial& trial);

/// Whether the row has a leading figure that may be believed: CPU per request, or a job's time. A result without one
/// such row says nothing.
bool gives_valid_number(const journal::Trial& trial);

/// One sentence for a reader: what the reason means and what can be done. "" for a reason that is not known.
std::string_view advice(std::string_view reason);

/// "ok", "errors", "not-run", ...: the names in rows and tables.
std::string_view outcome_name(journal::Outcome outcome);

}  // namespace bakeoff::validity
