#include "harness/report/estimate.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/number_format.h"
#include "harness/report/terminal_style.h"
#include "harness/stats/summary.h"

namespace bakeoff::report {

std::string_view to_text(Answer answer) {
  return answer == Answer::yes ? "yes" : answer == Answer::no ? "no" : "not known";
}

Answer both(Answer one, Answer other) {
  if (one == Answer::no || other == Answer::no) return Answer::no;
  return one == Answer::yes ? other : one;
}

Estimate estimate_of(const std::vector<double>& values, double level) {
  Estimate estimate{.median = stats::median(values), .blocks = values.size()};
  if (const auto ranks = stats::median_interval_ranks(values.size(), level)) {
    std::vector<double> sorted = values;
    std::ranges::sort(sorted);
    estimate.interval = stats::Interval{sorted[ranks->low], sorted[ranks->high]};
  }
  return estimate;
}

Estimate estimate_of(const FigureSeries& series, double level) {
  std::vector<double> values;
  for (const stats::BlockValue& value : series.valid) {
    if (value) values.push_back(*value);
  }
  Estimate estimate = estimate_of(values, level);
  std::vector<double> voids;
  for (const stats::BlockValue& value : series.struck) {
    if (value) voids.push_back(*value);
  }
  estimate.voids = voids.size();
  estimate.void_median = stats::median(voids);
  estimate.void_reason = series.reason;
  return estimate;
}

Estimate estimate_of_ratio(const GridRow& one, const GridRow& other, const Figure& figure) {
  const auto ratio = stats::compare(figure_series(one, figure).valid, figure_series(other, figure).valid);
  if (!ratio) return {};
  return {.median = ratio->median, .interval = ratio->interval, .blocks = ratio->pairs};
}

Estimate estimate_of_unpaired_ratio(const FigureSeries& one, const FigureSeries& other) {
  const double level = stats::corrected_level(stats::kConfidenceLevel, 2);
  const Estimate above = estimate_of(one, level), below = estimate_of(other, level);
  if (!above.median || !below.median || !(*above.median > 0) || !(*below.median > 0)) return {};
  Estimate ratio{.median = *above.median / *below.median, .blocks = std::min(above.blocks, below.blocks)};
  if (above.interval && below.interval && above.interval->low > 0 && below.interval->low > 0) {
    ratio.interval =
        stats::Interval{above.interval->low / below.interval->high, above.interval->high / below.interval->low};
  }
  return ratio;
}

Estimate scaled(Estimate estimate, double factor) {
  if (estimate.median) *estimate.median *= factor;
  if (estimate.void_median) *estimate.void_median *= factor;
  if (estimate.interval)
    estimate.interval = stats::Interval{estimate.interval->low * factor, estimate.interval->high * factor};
  return estimate;
}

Answer is_below(const Estimate& estimate, double limit) {
  if (!estimate.interval) return Answer::unknown;
  if (estimate.interval->high <= limit) return Answer::yes;
  return estimate.interval->low > limit ? Answer::no : Answer::unknown;
}

Answer pass_in_the_middle(std::size_t passes, std::size_t fails) {
  const auto ranks = stats::median_interval_ranks(passes + fails, stats::kConfidenceLevel);
  if (!ranks) return Answer::unknown;
  if (passes > ranks->high) return Answer::yes;
  return passes <= ranks->low ? Answer::no : Answer::unknown;
}

std::string in_words(const Estimate& estimate, std::string_view unit) {
  if (!estimate.median && estimate.void_median) {
    return struck_out(format_with_unit(*estimate.void_median, unit), false);
  }
  if (!estimate.median) return "not known";
  const FittingUnit fitting = fitting_unit(unit, *estimate.median);
  std::string text = format_beside_unit(*estimate.median / fitting.size);
  if (estimate.interval) {
    text += fmt::format(" [{}, {}]", format_beside_unit(estimate.interval->low / fitting.size),
                        format_beside_unit(estimate.interval->high / fitting.size));
  }
  return fitting.name.empty() ? text : text + " " + fitting.name;
}

std::string in_words(const stats::Ratio& ratio) {
  const std::string text = format_number(ratio.median);
  if (!ratio.interval) return text;
  // An end that is not 1 is not shown as 1.00.
  const auto end = [&](double value) {
    const std::string three_digits = format_number(value);
    return three_digits == "1.00" && value != 1 ? fmt::format("{:.4f}", value) : three_digits;
  };
  return fmt::format("{} [{}, {}]", text, end(ratio.interval->low), end(ratio.interval->high));
}

}  // namespace bakeoff::report
