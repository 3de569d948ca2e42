#include "harness/input/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "harness/input/input_error.h"
#include "harness/measure/plain_text.h"

namespace bakeoff::input {
namespace {

constexpr double kLeastDurationS = 0.001, kMostDurationS = 86400;
constexpr double kLeastRate = 0.1, kMostRate = 2e6;
constexpr std::array<UnitFactor, 3> kRateUnits{{{"", 1}, {"k", 1e3}, {"M", 1e6}}};

/// Decimal digits, and behind them "k" or "M" where the number is to be whole: "1.5k".
std::optional<std::uint64_t> read_whole(std::string_view text) {
  std::size_t zeros = text.ends_with('k') ? 3 : text.ends_with('M') ? 6 : 0;
  if (zeros != 0) text.remove_suffix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, point));
  if (digits.empty()) return std::nullopt;
  if (point < text.size()) {
    const std::string_view behind = text.substr(point + 1);
    if (behind.empty() || behind.size() > zeros) return std::nullopt;
    digits += behind;
    zeros -= behind.size();
  }
  digits.append(zeros, '0');
  std::uint64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, number);
  return error == std::errc{} && rest == end ? std::optional(number) : std::nullopt;
}

/// `whole` is the text for the message.
double parse_rate(const std::string& option, std::string_view text, const std::string& whole) {
  const auto quantity = read_quantity(text);
  const auto factor = quantity ? factor_of(quantity->unit, kRateUnits) : std::nullopt;
  const double rate = factor ? quantity->number * *factor : 0;
  // Written so that nan fails it.
  if (!(rate >= kLeastRate && rate <= kMostRate)) {
    throw InputError(fmt::format(
        "{}: found {}, expected requests per second from 0.1 to 2M, like 5000 or 20k, or a ramp like 1k:20k", option,
        measure::in_quotes(whole)));
  }
  return rate;
}

}  // namespace

std::optional<Quantity> read_quantity(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [unit, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{}) return std::nullopt;
  return Quantity{number, std::string_view(unit, static_cast<std::size_t>(end - unit))};
}

std::optional<double> factor_of(std::string_view unit, std::span<const UnitFactor> units) {
  const auto found = std::ranges::find(units, unit, &UnitFactor::name);
  return found == units.end() ? std::nullopt : std::optional(found->factor);
}

std::optional<double> read_time_us(std::string_view text, std::span<const UnitFactor> units) {
  double sum = 0;
  double last = std::numeric_limits<double>::infinity();
  do {
    const auto part = read_quantity(text);
    if (!part || !(part->number >= 0)) return std::nullopt;
    const std::size_t letters = std::min(part->unit.find_first_of("0123456789."), part->unit.size());
    const auto factor = factor_of(part->unit.substr(0, letters), units);
    if (!factor || *factor >= last) return std::nullopt;
    sum += part->number * *factor;
    last = *factor;
    text = part->unit.substr(letters);
  } while (!text.empty());
  return sum;
}

std::uint64_t parse_whole(const std::string& option, const std::string& text, std::uint64_t least, std::uint64_t most) {
  const auto number = read_whole(text);
  if (!number || *number < least || *number > most) {
    throw InputError(fmt::format("{}: found {}, expected a whole number from {} to {}", option,
                                 measure::in_quotes(text), least, most));
  }
  return *number;
}

double parse_duration_s(const std::string& option, const std::string& text, bool may_be_none) {
  const auto bare = read_quantity(text);
  const double seconds =
      bare && bare->unit.empty() ? bare->number : read_time_us(text, kTimeUnits).value_or(-1e6) / 1e6;
  // Written so that nan fails it.
  const bool within = seconds >= kLeastDurationS && seconds <= kMostDurationS;
  if (!within && !(may_be_none && seconds == 0)) {
    throw InputError(fmt::format("{}: found {}, expected {}a time from 1ms to a day like 500ms, 10s or 1m30s", option,
                                 measure::in_quotes(text), may_be_none ? "0 or " : ""));
  }
  return seconds;
}

double parse_share(const std::string& option, const std::string& text, double least) {
  const auto quantity = read_quantity(text);
  double share = 0;
  if (quantity && quantity->unit == "%") share = quantity->number / 100;
  if (quantity && quantity->unit.empty()) share = quantity->number;
  // A bare 5 is more likely to mean 5 % than 500 %, so it is refused rather than guessed.
  if (!(share > 0 && share >= least && share <= 1)) {
    const std::string from = least > 0 ? fmt::format("from {}%", least * 100) : "above 0";
    throw InputError(fmt::format("{}: found {}, expected a share {} and up to 100% like 5% or 0.05", option,
                                 measure::in_quotes(text), from));
  }
  return share;
}

RateRange parse_rates(const std::string& option, const std::string& text) {
  const std::size_t colon = text.find(':');
  const double from = parse_rate(option, std::string_view(text).substr(0, colon), text);
  if (colon == text.npos) return {from, 0};
  return {from, parse_rate(option, std::string_view(text).substr(colon + 1), text)};
}

}  // namespace bakeoff::input
