// Numbers as people write them: whole numbers, times, shares and rates, with or without a unit. Each function throws
// InputError naming the option, what was found and what was expected. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bakeoff::input {

/// The number without the unit is multiplied by `factor`.
struct UnitFactor {
  std::string_view name;
  double factor = 1;
};

/// In microseconds.
inline constexpr std::array<UnitFactor, 7> kTimeUnits{
    {{"us", 1}, {"ms", 1e3}, {"s", 1e6}, {"sec", 1e6}, {"m", 60e6}, {"min", 60e6}, {"h", 3600e6}}};
/// Those of latencies: a 5m among them is a 5ms that was mistyped.
inline constexpr std::span<const UnitFactor> kShortTimeUnits = std::span(kTimeUnits).first(4);

/// A number and what follows it: "5ms" is 5 and "ms".
struct Quantity {
  double number = 0;
  std::string_view unit;
};

/// nullopt when the text does not begin with a number.
std::optional<Quantity> read_quantity(std::string_view text);

/// nullopt when none of the units has the name.
std::optional<double> factor_of(std::string_view unit, std::span<const UnitFactor> units);

/// The microseconds in "5ms" or "1m30s": numbers with one of `units` each, the larger unit first. nullopt for any other
/// text.
std::optional<double> read_time_us(std::string_view text, std::span<const UnitFactor> units);

/// "64", "100k", "1.5k", "2M".
std::uint64_t parse_whole(const std::string& option, const std::string& text, std::uint64_t least, std::uint64_t most);

/// "10s", "500ms", "5min", "1h30m"; a bare number is seconds. From 1 ms to a day, and 0 as well where it `may_be_none`.
double parse_duration_s(const std::string& option, const std::string& text, bool may_be_none = false);

/// "5%", "0.05"; above 0 (from `least`, where it is given) and at most 100 %.
double parse_share(const std::string& option, const std::string& text, double least = 0);

/// A constant rate, or one that grows over the window.
struct RateRange {
  double from_rps = 0;
  double to_rps = 0;  ///< 0: the rate stays the same.
};

/// "5000", "20k", "1.5M", "1k:20k": requests per second.
RateRange parse_rates(const std::string& option, const std::string& text);

}  // namespace bakeoff::input
