#include "harness/decide/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/decide/cost_figures.h"
#include "harness/decide/verdict.h"
#include "harness/input/input_error.h"
#include "harness/input/nearest_name.h"
#include "harness/input/quantity.h"
#include "harness/measure/plain_text.h"
#include "harness/report/figures.h"
#include "harness/report/grid.h"

namespace bakeoff::decide {
namespace {

std::vector<report::Figure> all_figures() {
  std::vector<report::Figure> figures = report::server_figures();
  figures.push_back(memory_figure());
  return figures;
}

[[noreturn]] void refuse_expectation(const std::string& text, const std::string& expected) {
  throw input::InputError(fmt::format("--expect: found {}, expected {}", measure::in_quotes(text), expected));
}

}  // namespace

std::vector<std::string> expectable_figures() {
  std::vector<std::string> keys;
  for (const report::Figure& figure : all_figures()) keys.push_back(figure.key);
  return keys;
}

Expectation parse_expectation(const std::string& text) {
  constexpr const char* kForm = "SUBJECT.FIGURE<NUMBER or SUBJECT/OTHER.FIGURE<NUMBER, with < or >";
  const std::size_t sign = text.find_first_of("<>");
  if (sign == std::string::npos) refuse_expectation(text, kForm);
  Expectation result{.text = text, .below = text[sign] == '<'};
  const std::size_t number_at = text.compare(sign + 1, 1, "=") == 0 ? sign + 2 : sign + 1;
  const auto number = input::read_quantity(std::string_view(text).substr(number_at));
  // read_quantity() takes "nan" and "inf" for numbers.
  if (!number || !number->unit.empty() || !std::isfinite(number->number)) {
    refuse_expectation(text, "a number without a unit behind the < or >");
  }
  result.limit = number->number;
  const std::string left = text.substr(0, sign);
  for (const std::string& key : expectable_figures()) {
    // Figures have dots in their names, and the longest is meant.
    if (left.ends_with("." + key) && key.size() > result.figure.size()) result.figure = key;
  }
  if (result.figure.empty()) {
    const std::vector<std::string> keys = expectable_figures();
    const std::size_t dot = left.rfind('.');
    const std::string given = dot == std::string::npos ? left : left.substr(dot + 1);
    refuse_expectation(text,
                       "a figure behind a dot, one of " + input::join_names(keys) + input::did_you_mean(given, keys));
  }
  const std::string subjects = left.substr(0, left.size() - result.figure.size() - 1);
  const std::size_t slash = subjects.find('/');
  result.subject = subjects.substr(0, slash);
  if (slash != std::string::npos) result.against = subjects.substr(slash + 1);
  if (result.subject.empty() || (slash != std::string::npos && result.against.empty())) refuse_expectation(text, kForm);
  return result;
}

Expected check_expectation(const Expectation& expectation, std::span<const journal::Trial> rows,
                           const std::string& table) {
  const auto trials = report::trials_of_table(rows, table);
  const report::Grid grid = report::make_grid(trials, {});
  const std::vector<report::Figure> figures = all_figures();
  const report::Figure& figure = *std::ranges::find(figures, expectation.figure, &report::Figure::key);
  const report::GridRow* one = report::find_row(grid, expectation.subject);
  const report::GridRow* other = expectation.against.empty() ? nullptr : report::find_row(grid, expectation.against);
  if (one == nullptr || (other == nullptr && !expectation.against.empty())) {
    return {Answer::unknown, fmt::format("{}: {} was not measured", expectation.text,
                                         one == nullptr ? expectation.subject : expectation.against)};
  }
  const Estimate estimate = other != nullptr ? report::estimate_of_ratio(*one, *other, figure)
                                             : estimate_of(report::figure_series(*one, figure));
  Answer holds = is_below(estimate, expectation.limit);
  if (!expectation.below && holds != Answer::unknown) holds = holds == Answer::yes ? Answer::no : Answer::yes;
  const char* verdict = holds == Answer::yes ? "holds" : holds == Answer::no ? "does not hold" : "is not decided";
  // In the unit that was written, so that the numbers can be held against each other.
  std::string words = estimate.median ? fmt::format("{:.4g}", *estimate.median) : "no valid value";
  if (estimate.interval) words += fmt::format(" [{:.4g}, {:.4g}]", estimate.interval->low, estimate.interval->high);
  return {holds, fmt::format("{}: {}: {}", expectation.text, words, verdict)};
}

}  // namespace bakeoff::decide
