#include "harness/report/load/metrics.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "harness/report/load/series.h"

namespace bakeoff::report::load {
namespace {

/// As a label's value may stand between quotes.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char byte : text) {
    if (byte == '\\' || byte == '"') safe += '\\';
    if (byte == '\n') {
      safe += "\\n";
    } else {
      safe += byte;
    }
  }
  return safe;
}

void declare(std::string& text, std::string_view name, std::string_view type, std::string_view help) {
  text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

}  // namespace

void LoadMetrics::add(const bakeoff::load::LoadInterval& interval) {
  append(sum_, interval);
}

std::string LoadMetrics::text(const journal::Trial* over) const {
  const std::string server = fmt::format("server=\"{}\"", escaped(url_));
  std::string text;
  const auto one = [&](std::string_view name, std::string_view type, std::string_view help, auto value) {
    declare(text, name, type, help);
    text += fmt::format("{}{{{}}} {}\n", name, server, value);
  };
  one("bakeoff_load_window_seconds", "gauge", "How much of the window has passed.", sum_.length_s);
  one("bakeoff_load_replies_total", "counter", "Right replies in the window.", sum_.replies);
  one("bakeoff_load_errors_total", "counter", "Errors and wrong answers in the window.", sum_.errors);
  one("bakeoff_load_generator_cpu_seconds_total", "counter", "CPU time of the generator in the window.",
      sum_.cpu_us / 1e6);
  constexpr std::string_view kLatency = "bakeoff_load_latency_seconds";
  declare(text, kLatency, "summary", "From the moment a request is due to its reply.");
  constexpr std::array<double, 5> kQuantiles{0.5, 0.9, 0.99, 0.999, 1};
  for (const double quantile : kQuantiles) {
    const std::uint64_t ns = quantile < 1 ? sum_.total.value_at_ns(quantile) : sum_.total.max_ns();
    const double s = static_cast<double>(ns) / 1e9;
    text += fmt::format("{}{{{},quantile=\"{}\"}} {}\n", kLatency, server, quantile,
                        sum_.total.count() == 0 ? "NaN" : fmt::format("{}", s));
  }
  text += fmt::format("{}_sum{{{}}} {}\n", kLatency, server, static_cast<double>(sum_.total.sum_ns()) / 1e9);
  text += fmt::format("{}_count{{{}}} {}\n", kLatency, server, sum_.total.count());
  if (over == nullptr || over->validity.empty()) return text;
  constexpr std::string_view kVoid = "bakeoff_load_void";
  declare(text, kVoid, "gauge", "1 for each figure of this load that may not be believed.");
  for (const auto& [metric, reason] : over->validity) {
    text += fmt::format("{}{{{},figure=\"{}\",reason=\"{}\"}} 1\n", kVoid, server, metric, reason);
  }
  return text;
}

}  // namespace bakeoff::report::load
