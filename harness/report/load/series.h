// The window of a load, second by second.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/journal/trial.h"
#include "harness/load/plan.h"

namespace bakeoff::report::load {

/// One second of the window, or what is left of it at the end.
struct LoadSecond {
  std::uint64_t second = 0;  ///< From 0: how many seconds after the window it begins.
  bakeoff::load::LoadInterval seen;
};

/// Puts intervals together into seconds. They come in order; several make up a second.
class LoadSeries {
 public:
  /// The second that this interval completes, if it does.
  std::optional<LoadSecond> add(const bakeoff::load::LoadInterval& interval);

  /// What is left when the window is over: less than a second, as its seen.length_s says.
  std::optional<LoadSecond> finish();

 private:
  LoadSecond take();

  std::uint64_t second_ = 0;
  double elapsed_s_ = 0;  ///< How much of the window has passed, with what is in sum_.
  bakeoff::load::LoadInterval sum_;
};

/// How busy the `cpus` are that the generator has, however many threads share them: 0 to 1. Absent where it is not
/// known.
std::optional<double> generator_cpu_share(const bakeoff::load::LoadInterval& interval, std::size_t cpus);

/// `part`, a later stretch of the same window, joins `whole`.
void append(bakeoff::load::LoadInterval& whole, const bakeoff::load::LoadInterval& part);

/// One line of JSON without its newline: second, replies, rate_rps, errors, p50_us, p90_us, p99_us, p999_us, max_us,
/// generator_cpu_share. Percentiles are absent where nothing was answered.
std::string series_line(const LoadSecond& second, std::size_t cpus);

/// The last line of a series whose load is void in part, which is known only when it is over: {"void": {"latency":
/// "noisy"}}. What it names is void in every line before. "" where nothing is.
std::string series_void_line(const journal::Trial& row);

}  // namespace bakeoff::report::load
