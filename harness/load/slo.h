// A service level objective: one figure of the latency and its limit, as --slo p99=5ms. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/journal/trial.h"
#include "harness/stats/histogram.h"

namespace bakeoff::load {

struct Slo {
  std::string figure;  ///< "p99", "p99.95", "max", "mean".
  /// The same in a summary; nullptr for a percentile that summaries do not have.
  double stats::LatencySummary::*value = nullptr;
  double limit_us = 0;
  /// Whose validity the figure shares (validity.h): of a percentile that has none of its own, the next higher one's, or
  /// the highest.
  std::string metric;
  double quantile = 0;  ///< Of a percentile that summaries do not have: 0.9995 for p99.95.
};

/// Reads "p99=5ms": any percentile above 0 and below 100, max or mean, and a time in us, ms or s. Throws
/// input::InputError.
Slo parse_slo(std::string_view text);

/// "p99 <= 5 ms"
std::string to_text(const Slo& slo);

/// "950 us", "5 ms", "1.25 s"
std::string time_text(double us);

/// "5000/s", "12.5/s"
std::string rate_text(double rps);

/// What came of an open load under an SLO: it was met, it was broken, or the load says nothing.
struct SloVerdict {
  /// What broke: "errors", the figure, or "rate"; "" when it was met or the load is void. Where several did, the one
  /// that explains the others: in that order, but requests that were merely late are errors only behind the figure.
  std::string broke{};
  std::string void_reason{};  ///< Why the load says nothing (validity.h); "" when it does.
  /// Void because of the rate and not of the moment, so that repeating does not help: the generator
  /// was full, was late at every other request, or waited for itself; a CPU quota held up one of the sides.
  bool own_limit = false;
  std::string words{};  ///< What was found, in one line: "p99 12.3 ms", "p99 7 s, 31 errors, 890/s of 1000/s".
  std::optional<double> figure_us{};  ///< Absent where no reply came.
  bool met() const { return broke.empty() && void_reason.empty(); }
};

/// The row is judged (validity.h); its latencies are the total ones, counted from the due time. The limits:
///   errors  any, wrong answers and requests that were never answered included. No noise excuses one.
///   void    what voids the figure, but for two: "underdelivered" is the limit "rate" below; and slip is a part of the
///           total, so that a figure below its limit stands, whatever the slip. Where the figure is above its limit, or
///           the rate was not met, and more than kSlipShare of the figure was our own delay, the load is void:
///           "slipped".
///   figure  above the SLO's limit.
///   rate    less than kDeliveredShare of the offered rate was answered in the window; of what was on the way at its
///           end, requests that could still have met the limit are not missing.
/// A figure that is void is struck out in the words: "p99 ~12.3 ms~".
/// `latency`, by class, has what a percentile is read from that the row's summaries do not have; other figures need
/// none.
SloVerdict judge_slo(const journal::Trial& row, const Slo& slo,
                     const std::map<std::string, stats::Histogram>& latency = {});

}  // namespace bakeoff::load
