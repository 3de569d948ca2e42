#include "harness/report/load/progress_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/report/load/latency_bars.h"
#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"

namespace bakeoff::report::load {
namespace {

constexpr double kClockTolerance = 1e-6;
constexpr std::size_t kUnlimited = 120;  // Columns where the width is not known.
constexpr std::size_t kWidestProgressBar = 60;
constexpr std::size_t kLabel = 13;

double rate_of(const bakeoff::load::LoadInterval& seen) {
  return seen.length_s > 0 ? static_cast<double>(seen.replies) / seen.length_s : 0;
}

std::string clock(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::ceil(std::max(0.0, seconds) - kClockTolerance));
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

/// Columns of one width, so that figures do not move from line to line.
std::string latencies(const stats::Histogram& histogram) {
  const stats::LatencySummary summary = histogram.summary_us();
  std::string text;
  for (const double us : {summary.p50, summary.p90, summary.p99, summary.p999, summary.max}) {
    text += fmt::format("{:>9}", summary.count == 0 ? "-" : format_latency(us));
  }
  return text;
}

}  // namespace

std::string sparkline(const std::vector<double>& values, std::size_t width) {
  constexpr std::array<const char*, 8> kHeights{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::size_t count = std::min(width, values.size());
  const auto first = values.end() - static_cast<std::ptrdiff_t>(count);
  const double highest = count == 0 ? 0 : *std::max_element(first, values.end());
  std::string text;
  for (auto value = first; value != values.end(); ++value) {
    const double share = highest > 0 ? std::clamp(*value / highest, 0.0, 1.0) : 0;
    text += kHeights[static_cast<std::size_t>(std::lround(share * (kHeights.size() - 1)))];
  }
  return text;
}

void LoadProgressText::add(const bakeoff::load::LoadInterval& interval) {
  phase_.clear();
  append(all_, interval);
  recent_.push_back(interval);
  const auto length_without_first = [&] {
    double length = 0;
    for (std::size_t i = 1; i < recent_.size(); ++i) length += recent_[i].length_s;
    return length;
  };
  while (recent_.size() > 1 && length_without_first() + kClockTolerance >= 1) recent_.pop_front();
  if (const auto second = series_.add(interval)) rates_.push_back(rate_of(second->seen));
}

std::vector<std::string> LoadProgressText::view(const TerminalStyle& style) const {
  const std::size_t width = style.width == 0 ? kUnlimited : style.width;
  std::vector<std::string> lines{coloured(shorten(title_, width), style.colour ? kBold : kPlain)};
  if (all_.length_s <= 0) {
    lines.push_back(shorten("  " + phase_, width));
    return lines;
  }
  bakeoff::load::LoadInterval recent;
  for (const bakeoff::load::LoadInterval& interval : recent_) append(recent, interval);

  std::string beside = "  " + clock(window_s_ - all_.length_s) + " left of " + format_seconds(window_s_);
  if (!phase_.empty()) beside = "  " + phase_;
  const std::size_t taken = 2 + display_width(beside);
  const std::size_t bar = std::min(kWidestProgressBar, width > taken ? width - taken : 0);
  const std::string done = draw_bar(all_.length_s / window_s_, bar);
  std::string line = "  " + coloured(done, style.colour ? kBar : kPlain);
  for (std::size_t i = display_width(done); i < bar; ++i) line += "░";
  lines.push_back(bar > 0 ? line + beside : shorten(beside, width));

  // Cut to what the terminal has before any escape is in it.
  const auto add = [&](const char* name, const std::string& text, std::string_view escape = kPlain) {
    const std::string head = shorten(fmt::format("  {:<{}}", name, kLabel - 2), width);
    const std::string tail = shorten(text, width - std::min(width, kLabel));
    lines.push_back(coloured(head, style.colour ? kDim : kPlain) + coloured(tail, style.colour ? escape : kPlain));
  };
  const std::string rate =
      fmt::format("{} req/s now · {} in all", format_rate(rate_of(recent)), format_rate(rate_of(all_)));
  const std::size_t left = width > kLabel + display_width(rate) + 2 ? width - kLabel - display_width(rate) - 2 : 0;
  add("rate", rate + "  " + sparkline(rates_, std::min(left, kWidestProgressBar)));
  std::string head;
  for (const char* name : {"p50", "p90", "p99", "p99.9", "max"}) head += fmt::format("{:>9}", name);
  add("latency", head, kDim);
  add("  last 1 s", latencies(recent.total));
  add("  so far", latencies(all_.total));
  const auto share = generator_cpu_share(recent, cpus_);
  add("errors",
      fmt::format("{}{}", format_count(all_.errors),
                  share ? fmt::format(" · generator {:.0f} % of its CPU{}", *share * 100, cpus_ > 1 ? "s" : "") : ""),
      all_.errors > 0 ? kBad : kPlain);
  return lines;
}

}  // namespace bakeoff::report::load
