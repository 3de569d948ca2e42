#include "harness/report/load/latency_bars.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"

namespace bakeoff::report::load {
namespace {

constexpr std::size_t kEnoughBars = 12;
constexpr std::size_t kFewestBars = 8;  // Fewer, and even steps show more.
constexpr std::size_t kWidestBar = 48;  // Columns; longer says no more.
constexpr std::size_t kNarrowestBar = 8;
constexpr std::ptrdiff_t kLongGap = 3;  // From this number on, empty bars become one line.

using Edges = std::vector<std::uint64_t>;

// The preferred numbers of a decade (IEC 60063), from coarse to fine.
constexpr std::array<double, 1> kE1{1};
constexpr std::array<double, 2> kE2{1, 3};
constexpr std::array<double, 3> kE3{1, 2.2, 4.7};
constexpr std::array<double, 6> kE6{1, 1.5, 2.2, 3.3, 4.7, 6.8};
constexpr std::array<double, 12> kE12{1, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2};
constexpr std::array<double, 24> kE24{1,   1.1, 1.2, 1.3, 1.5, 1.6, 1.8, 2,   2.2, 2.4, 2.7, 3,
                                      3.3, 3.6, 3.9, 4.3, 4.7, 5.1, 5.6, 6.2, 6.8, 7.5, 8.2, 9.1};
constexpr std::array<std::span<const double>, 6> kSeries{kE24, kE12, kE6, kE3, kE2, kE1};

// The ends of all bars but the last: from the first number that is not below `low` up to the last that is below `high`.
Edges preferred_edges(std::span<const double> series, std::uint64_t low, std::uint64_t high) {
  Edges edges;
  for (double decade = 1; decade < static_cast<double>(high); decade *= 10) {
    for (const double number : series) {
      const auto edge = static_cast<std::uint64_t>(std::llround(number * decade));
      if (edge >= low && edge < high && (edges.empty() || edge > edges.back())) edges.push_back(edge);
    }
  }
  return edges;
}

// Steps of 1, 2 or 5 times a power of ten, and none finer than what the histogram tells apart.
Edges even_edges(std::uint64_t low, std::uint64_t high) {
  const stats::Histogram::Bounds finest = stats::Histogram::bounds_of(stats::Histogram::index_of(high));
  const std::uint64_t least = 2 * (finest.high_ns - finest.low_ns + 1);
  for (std::uint64_t decade = 1;; decade *= 10) {
    for (const std::uint64_t number : {1, 2, 5}) {
      const std::uint64_t step = number * decade;
      if (step < least || (high - low) / step + 2 > kMostBars) continue;
      Edges edges;
      for (std::uint64_t edge = (low + step - 1) / step * step; edge < high; edge += step) edges.push_back(edge);
      return edges;
    }
  }
}

// One bar per end and one for what is above, without the empty ones at the beginning and in long gaps.
std::vector<LatencyBar> fill(const stats::Histogram& histogram, const Edges& edges) {
  const auto buckets = histogram.buckets();
  std::vector<LatencyBar> all;
  for (const std::uint64_t edge : edges) {
    // An end within the largest sample's bucket would leave nothing for the last bar.
    if (edge < stats::Histogram::bounds_of(buckets.back().first).low_ns) all.push_back({edge});
  }
  all.push_back({histogram.max_ns()});
  auto bar = all.begin();
  for (const auto& [index, count] : buckets) {
    while (bar + 1 != all.end() && stats::Histogram::bounds_of(index).middle_ns() > bar->up_to_ns) ++bar;
    bar->count += count;
  }
  std::vector<LatencyBar> bars;
  for (auto next = all.begin(); next != all.end(); ++next) {
    const auto empty = next;
    next = std::find_if(next, all.end(), [](const LatencyBar& each) { return each.count > 0; });
    const bool gap = next - empty >= kLongGap;
    if (!gap && !bars.empty()) bars.insert(bars.end(), empty, next);
    bars.push_back(*next);
    bars.back().after_gap = gap && bars.size() > 1;
  }
  return bars;
}

std::size_t lines_of(const std::vector<LatencyBar>& bars) {
  return bars.size() + static_cast<std::size_t>(std::count_if(bars.begin(), bars.end(),
                                                              [](const LatencyBar& bar) { return bar.after_gap; }));
}

std::uint64_t tallest(const std::vector<LatencyBar>& bars) {
  std::uint64_t most = 0;
  for (const LatencyBar& bar : bars) most = std::max(most, bar.count);
  return most;
}

// How much of the distribution the bars show: their entropy.
double entropy_of(const std::vector<LatencyBar>& bars, std::uint64_t total) {
  double sum = 0;
  for (const LatencyBar& bar : bars) {
    const double share = static_cast<double>(bar.count) / static_cast<double>(total);
    if (share > 0) sum -= share * std::log2(share);
  }
  return sum;
}

// The finest that fit between two quantiles, and in the lines that are left coarser ones for the slowest.
std::vector<LatencyBar> finest_bars(const stats::Histogram& histogram, double tail) {
  // With few samples these are the smallest and the largest.
  const std::uint64_t low = histogram.value_at_ns(tail);
  const std::uint64_t high = histogram.value_at_ns(1 - tail);
  const std::uint64_t slowest = histogram.value_at_ns(0.999);
  std::size_t series = 0;
  Edges edges = preferred_edges(kSeries[series], low, high);
  while (lines_of(fill(histogram, edges)) > kMostBars) edges = preferred_edges(kSeries[++series], low, high);
  if (series == 0 && edges.size() + 1 < kFewestBars) edges = even_edges(low, high);
  std::vector<LatencyBar> bars = fill(histogram, edges);
  for (std::size_t coarser = series + 1; coarser < kSeries.size(); ++coarser) {
    Edges longer = edges;
    for (const std::uint64_t edge : preferred_edges(kSeries[coarser], high, slowest)) {
      if (longer.empty() || edge > longer.back()) longer.push_back(edge);
    }
    std::vector<LatencyBar> more = fill(histogram, longer);
    if (lines_of(more) <= kMostBars) return more;
  }
  return bars;
}

/// p50 and the like beside the bars in which they lie.
std::vector<std::string> percentile_marks(const stats::Histogram& histogram, const std::vector<LatencyBar>& bars,
                                          const VoidLatency& voids, bool colour) {
  constexpr std::array<std::pair<const char*, double>, 4> kMarks{
      {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}};
  std::vector<std::string> marks(bars.size());
  for (const auto& [name, quantile] : kMarks) {
    const std::uint64_t value = histogram.value_at_ns(quantile);
    const auto bar =
        std::find_if(bars.begin(), bars.end(), [&](const LatencyBar& each) { return value <= each.up_to_ns; });
    std::string& mark = marks[static_cast<std::size_t>(std::min(bar, bars.end() - 1) - bars.begin())];
    const bool is_void = voids.all || voids.percentiles.contains(name);
    mark += (mark.empty() ? "" : " ") + (is_void ? struck_out(name, colour) : std::string(name));
  }
  return marks;
}

std::string right_aligned(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, display_width(text)), ' ') + text;
}

}  // namespace

std::string draw_bar(double share, std::size_t width) {
  constexpr std::array<const char*, 8> kEighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double eighths = std::clamp(share, 0.0, 1.0) * static_cast<double>(width) * 8;
  const auto length = share > 0 ? std::max<std::size_t>(1, static_cast<std::size_t>(std::llround(eighths))) : 0;
  std::string bar;
  for (std::size_t i = 0; i < length / 8; ++i) bar += "█";
  return bar + kEighths[length % 8];
}

std::vector<LatencyBar> latency_bars(const stats::Histogram& histogram) {
  if (histogram.count() == 0) return {};
  std::vector<LatencyBar> best;
  for (const double tail : {0.001, 0.003, 0.01, 0.03}) {
    std::vector<LatencyBar> bars = finest_bars(histogram, tail);
    // Little is told by few bars, or by one that holds most: then less of the tails and more of what lies between.
    if (bars.size() >= kEnoughBars && tallest(bars) <= histogram.count() / 2) return bars;
    if (best.empty() || entropy_of(bars, histogram.count()) > entropy_of(best, histogram.count())) best = bars;
  }
  return best;
}

std::string draw_latency_bars(const stats::Histogram& histogram, std::size_t indent, const TerminalStyle& style,
                              const VoidLatency& voids) {
  const std::vector<LatencyBar> bars = latency_bars(histogram);
  if (bars.empty()) return "";
  const std::vector<std::string> marks = percentile_marks(histogram, bars, voids, style.colour);
  const auto shown = [&](const std::string& figure) { return voids.all ? struck_out(figure, style.colour) : figure; };
  const auto total = static_cast<double>(histogram.count());
  struct Line {
    std::string end, count, share;
  };
  std::vector<Line> lines;
  const auto most = static_cast<double>(tallest(bars));
  std::size_t end = 0, count = 0, share = 0, mark = 0;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const Line& line = lines.emplace_back(
        Line{shown("≤ " + format_latency(static_cast<double>(bars[i].up_to_ns) / 1e3)),
             shown(format_count(bars[i].count)), shown(format_share(static_cast<double>(bars[i].count) / total))});
    end = std::max(end, display_width(line.end));
    count = std::max(count, display_width(line.count));
    share = std::max(share, display_width(line.share));
    mark = std::max(mark, display_width(marks[i]));
  }
  const std::size_t beside = indent + end + count + share + mark + 8;
  const std::size_t width = style.width == 0
                                ? kWidestBar
                                : std::clamp(style.width - std::min(style.width, beside), kNarrowestBar, kWidestBar);
  std::string text;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (bars[i].after_gap) text += std::string(indent, ' ') + right_aligned("⋮", end) + "\n";
    const std::string bar = draw_bar(static_cast<double>(bars[i].count) / most, width);
    std::string line = std::string(indent, ' ') + right_aligned(lines[i].end, end) + "  ";
    line += coloured(bar, style.colour ? kBar : kPlain) + std::string(width - display_width(bar), ' ');
    line += "  " + right_aligned(lines[i].count, count) + "  " + right_aligned(lines[i].share, share);
    if (!marks[i].empty()) line += "  " + marks[i];
    text += line + "\n";
  }
  return text;
}

}  // namespace bakeoff::report::load
