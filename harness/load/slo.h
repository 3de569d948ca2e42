// A service level objective: one figure of the latency and its limit, as --slo p99=5ms. Pure.
#pragma once

#include <string>
#include <string_view>

#include "harness/journal/trial.h"

namespace bakeoff {

struct Slo {
  std::string figure;                       ///< "p50", "p90", "p99", "p99.9", "max", "mean".
  double LatencySummary::*value = nullptr;  ///< The same in a summary.
  double limit_us = 0;
};

/// Reads "p99=5ms": a figure, and a time in us, ms or s. Throws std::invalid_argument in one line.
Slo parse_slo(std::string_view text);

/// "p99 <= 5 ms"
std::string to_text(const Slo& slo);

/// "950 us", "5 ms", "1.25 s"
std::string time_text(double us);

/// "5000/s", "12.5/s"
std::string rate_text(double rps);

/// SloVerdict::broke where the generator was too late to tell.
inline constexpr std::string_view kSlip = "slip";

/// What came of an open load under an SLO.
struct SloVerdict {
  /// "" when it was met, otherwise what broke: "errors", "slip", the figure, or "rate". Where several did, the one that
  /// explains the others: in that order, but requests that were merely late are errors only behind the figure.
  std::string broke;
  std::string words;  ///< What was found, in one line: "p99 12.3 ms", "p99 7 s, 31 errors, 890/s of 1000/s".
  bool met() const { return broke.empty(); }
};

/// The row's latencies are the total ones, counted from the due time. The limits:
///   errors  any, wrong answers and requests that were never answered included.
///   figure  above the SLO's limit.
///   slip    the figure was above its limit, or the rate was not met, while more than kSlipShare of the figure was our
///           own delay: the generator broke and not the server. Slip is a part of the total, so that a figure below the
///           limit stands, whatever the slip.
///   rate    less than kDeliveredShare of the offered rate was answered in the window; of what was on the way at its
///           end, requests that could still have met the limit are not missing.
SloVerdict judge_slo(const Trial& row, const Slo& slo);

}  // namespace bakeoff
