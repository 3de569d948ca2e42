#include "harness/report/number_format.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace bakeoff::report {
namespace {

/// From here on three digits round up to a thousand of the unit.
constexpr double kNextUnit = 999.5;

std::string three_digits(double value) {
  if (value >= kNextUnit) return fmt::format("{:.0f}", value);
  return format_number(value);
}

}  // namespace

std::string format_number(double value) {
  if (!std::isfinite(value)) return "";
  if (value == 0) return "0";
  constexpr std::array kSuffixes{"", "k", "M", "G", "T", "P"};
  double scaled = std::abs(value);
  std::size_t suffix = 0;
  // 999.5 is 1.00k: with three digits it would be written 1000.
  while (scaled >= 999.5 && suffix + 1 < kSuffixes.size()) {
    scaled /= 1000;
    ++suffix;
  }
  if (scaled < 1e-4 || scaled >= 999.5) return fmt::format("{:.2e}", value);
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

std::string format_latency(double us) {
  if (!std::isfinite(us)) return "";
  if (us < kNextUnit) return three_digits(us) + " us";
  if (us < kNextUnit * 1e3) return three_digits(us / 1e3) + " ms";
  return three_digits(us / 1e6) + " s";
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
