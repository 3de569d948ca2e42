#include "harness/report/number_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace bakeoff::report {
namespace {

/// From here on three digits round up to a thousand of the unit.
constexpr double kNextUnit = 999.5;

/// Units of one kind, each so many times the one before.
struct UnitLadder {
  std::array<std::string_view, 4> units;
  double step;
};
constexpr std::array kUnitLadders{UnitLadder{{"ns", "us", "ms", "s"}, 1000},
                                  UnitLadder{{"KiB", "MiB", "GiB", "TiB"}, 1024}};

/// "us" of "us/req".
std::string_view without_per(std::string_view unit) {
  return unit.substr(0, unit.find('/'));
}

}  // namespace

std::string format_number(double value) {
  if (!std::isfinite(value)) return "";
  if (value == 0) return "0";
  constexpr std::array kSuffixes{"", "k", "M", "G", "T", "P"};
  double scaled = std::abs(value);
  std::size_t suffix = 0;
  while (scaled >= kNextUnit && suffix + 1 < kSuffixes.size()) {
    scaled /= 1000;
    ++suffix;
  }
  if (scaled < 1e-4 || scaled >= kNextUnit) return fmt::format("{:.2e}", value);
  // 9.995 rounds to 10.0, which has three digits with one decimal.
  int decimals = 2;
  if (scaled >= 99.95) {
    decimals = 0;
  } else if (scaled >= 9.995) {
    decimals = 1;
  } else {
    // One more for each leading zero; below 1e-4 the exponent has been used already.
    double bound = 0.9995;
    while (scaled < bound) {
      ++decimals;
      bound /= 10;
    }
  }
  return fmt::format("{}{:.{}f}{}", value < 0 ? "-" : "", scaled, decimals, kSuffixes[suffix]);
}

std::string format_interval(const stats::Interval& interval) {
  return "[" + format_number(interval.low) + ", " + format_number(interval.high) + "]";
}

FittingUnit fitting_unit(std::string_view unit, double number) {
  const std::string_view base = without_per(unit);
  for (const UnitLadder& ladder : kUnitLadders) {
    auto at = std::ranges::find(ladder.units, base);
    if (at == ladder.units.end()) continue;
    double size = 1;
    for (; std::abs(number) / size >= kNextUnit && std::next(at) != ladder.units.end(); ++at) size *= ladder.step;
    return {std::string(*at).append(unit.substr(base.size())), size};
  }
  return {std::string(unit), 1};
}

bool is_scalable(std::string_view unit) {
  return std::ranges::any_of(kUnitLadders, [&](const UnitLadder& ladder) {
    return std::ranges::find(ladder.units, without_per(unit)) != ladder.units.end();
  });
}

std::string format_beside_unit(double number) {
  constexpr double kLongNumber = 1e6;
  if (!std::isfinite(number) || std::abs(number) < kNextUnit) return format_number(number);
  return std::abs(number) < kLongNumber ? fmt::format("{:.0f}", number) : fmt::format("{:.2e}", number);
}

std::string format_with_unit(double number, std::string_view unit) {
  if (!std::isfinite(number)) return "";
  if (!is_scalable(unit)) return format_number(number).append(unit.empty() ? "" : " ").append(unit);
  const FittingUnit fitting = fitting_unit(unit, number);
  return format_beside_unit(number / fitting.size) + " " + fitting.name;
}

std::string format_latency(double us) {
  return format_with_unit(us, "us");
}

std::string format_seconds(double seconds) {
  if (seconds < 1) return fmt::format("{:.3g} ms", seconds * 1e3);
  return seconds < 100 ? fmt::format("{:.3g} s", seconds) : fmt::format("{:.0f} s", seconds);
}

std::string format_rate(double per_second) {
  if (!std::isfinite(per_second)) return "";
  if (per_second >= 10 && per_second < kNextUnit) return fmt::format("{:.0f}", per_second);
  return format_number(per_second);
}

std::string format_count(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string counted_in_groups(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", format_count(count), noun, count == 1 ? "" : "s");
}

std::string format_share(double share) {
  const double per_cent = share * 100;
  if (!std::isfinite(per_cent)) return "";
  if (per_cent <= 0) return "0 %";
  if (per_cent < 0.01) return "<0.01 %";
  if (per_cent < 0.995) return fmt::format("{:.2f} %", per_cent);
  if (per_cent < 99.95) return fmt::format("{:.1f} %", per_cent);
  return fmt::format("{:.0f} %", per_cent);
}

}  // namespace bakeoff::report
