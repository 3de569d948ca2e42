// Percentiles come closer the nearer they are to 1: each halving of what is left has five steps, so that 99.99 % is
// drawn as finely as 50 %.
#include "harness/stats/hdr_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace bakeoff::stats {
namespace {

constexpr double kTicksPerHalfDistance = 5;
constexpr std::size_t kSubBuckets = std::size_t{2} << Histogram::kSubBucketBits;
constexpr std::size_t kHdrBuckets = (Histogram::index_of(Histogram::kMaxNs) >> Histogram::kSubBucketBits);

double to_ms(double ns) {
  return ns / 1e6;
}

template <typename... Arguments>
void append(std::string& text, const char* format, Arguments... arguments) {
  std::array<char, 160> line{};
  std::snprintf(line.data(), line.size(), format, arguments...);
  text += line.data();
}

double step_after(double level) {
  const double halvings = std::floor(std::log2(1 / (1 - level))) + 1;
  return 1 / (kTicksPerHalfDistance * std::exp2(halvings));
}

double deviation_ns(const Histogram& histogram) {
  const double mean = histogram.mean_ns();
  double squares = 0;
  for (const auto& [index, count] : histogram.buckets()) {
    const double distance = static_cast<double>(Histogram::bounds_of(index).middle_ns()) - mean;
    squares += distance * distance * static_cast<double>(count);
  }
  const std::uint64_t count = histogram.count();
  return count == 0 ? 0 : std::sqrt(squares / static_cast<double>(count));
}

}  // namespace

std::string hdr_percentile_text(const Histogram& histogram) {
  std::string text;
  append(text, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
  const std::uint64_t total = histogram.count();
  std::uint64_t seen = 0;
  double level = 0;
  for (const auto& [index, count] : histogram.buckets()) {
    seen += count;
    const double share = static_cast<double>(seen) / static_cast<double>(total);
    const auto value = static_cast<double>(std::min(Histogram::bounds_of(index).high_ns, histogram.max_ns()));
    while (level <= share) {
      append(text, "%12.6f %2.12f %10llu %14.2f\n", to_ms(value), level, static_cast<unsigned long long>(seen),
             1 / (1 - level));
      level += step_after(level);
      // The bucket of the largest value holds every level that is left, and they have no end.
      if (seen == total) break;
    }
  }
  if (total > 0) {
    append(text, "%12.6f %2.12f %10llu\n", to_ms(static_cast<double>(histogram.max_ns())), 1.0,
           static_cast<unsigned long long>(total));
  }
  append(text, "#[Mean    = %12.6f, StdDeviation   = %12.6f]\n", to_ms(histogram.mean_ns()),
         to_ms(deviation_ns(histogram)));
  append(text, "#[Max     = %12.6f, Total count    = %12llu]\n", to_ms(static_cast<double>(histogram.max_ns())),
         static_cast<unsigned long long>(total));
  append(text, "#[Buckets = %12zu, SubBuckets     = %12zu]\n", kHdrBuckets, kSubBuckets);
  return text;
}

}  // namespace bakeoff::stats
