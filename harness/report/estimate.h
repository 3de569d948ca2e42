// What the blocks of a table say of one subject: a figure with its interval, and whether it is below a limit. It is, or
// is not, where the blocks decide it at 95 %, and otherwise it is not known. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/report/grid.h"
#include "harness/stats/compare.h"

namespace bakeoff::report {

enum class Answer : std::uint8_t { yes, no, unknown };

/// "yes", "no", "not known".
std::string_view to_text(Answer answer);

/// `no` where one is no, then unknown where one is unknown.
Answer both(Answer one, Answer other);

/// The median over the blocks with its order-statistic interval (stats/compare.h).
struct Estimate {
  std::optional<double> median{};             ///< Absent without a valid value.
  std::optional<stats::Interval> interval{};  ///< Absent with too few of them.
  std::size_t blocks = 0;                     ///< Valid values.
  std::size_t voids = 0;                      ///< Void ones,
  std::string void_reason{};                  ///< and why the first of them is.
  std::optional<double> void_median{};        ///< The middle of the void ones; shown struck out where nothing is valid.
  bool extrapolated = false;                  ///< Along a measured slope (decide/memory_line.h).
};

Estimate estimate_of(const FigureSeries& series, double level = stats::kConfidenceLevel);
Estimate estimate_of(const std::vector<double>& values, double level = stats::kConfidenceLevel);

/// The ratio of two subjects' figures, paired in each block; no value where no block has both.
Estimate estimate_of_ratio(const GridRow& one, const GridRow& other, const Figure& figure);

/// The ratio of two figures that were measured in different tables, so that there are no pairs: its interval is what
/// the ends of the two intervals allow, each of them at the level at which both hold at 95 %. No value without both,
/// and where one of them is not positive.
Estimate estimate_of_unpaired_ratio(const FigureSeries& one, const FigureSeries& other);

/// The estimate times a constant.
Estimate scaled(Estimate estimate, double factor);

/// Whether the middle of what was measured is at or below the limit.
Answer is_below(const Estimate& estimate, double limit);

/// The same of blocks that either pass or fail: whether the middle one passes.
Answer pass_in_the_middle(std::size_t passes, std::size_t fails);

/// "11.9 [10.2, 13.1] ms"; "~11.9 ms~" where all of it is void; "not known" without any value. The unit is that of the
/// number (report/number_format.h).
std::string in_words(const Estimate& estimate, std::string_view unit);

/// "1.12 [1.05, 1.19]"
std::string in_words(const stats::Ratio& ratio);

}  // namespace bakeoff::report
