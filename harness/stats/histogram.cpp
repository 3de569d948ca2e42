// See histogram.h. The inverse of index_of: an index below 256 is the value itself; above, index / 128 - 1 is the shift
// and what is left over, 128 to 255, are the leading bits.
#include "harness/stats/histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

namespace bakeoff::stats {
namespace {

constexpr std::size_t kBuckets = Histogram::index_of(Histogram::kMaxNs) + 1;
constexpr std::size_t kLinear = std::size_t{1} << (Histogram::kSubBucketBits + 1);

double to_us(double ns) {
  return ns / 1000.0;
}

}  // namespace

Histogram::Bounds Histogram::bounds_of(std::size_t index) noexcept {
  if (index < kLinear) return {index, index};
  const unsigned shift = static_cast<unsigned>(index >> kSubBucketBits) - 1;
  const std::uint64_t lead = index - (static_cast<std::size_t>(shift) << kSubBucketBits);
  return {lead << shift, (lead << shift) + (std::uint64_t{1} << shift) - 1};
}

Histogram::Histogram() : counts_(kBuckets, 0) {}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  sum_ns_ += other.sum_ns_;
  max_ns_ = std::max(max_ns_, other.max_ns_);
  clamped_ += other.clamped_;
}

void Histogram::clear() {
  std::fill(counts_.begin(), counts_.end(), 0);
  sum_ns_ = max_ns_ = clamped_ = 0;
}

std::uint64_t Histogram::count() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

double Histogram::mean_ns() const {
  const std::uint64_t n = count();
  return n == 0 ? 0 : static_cast<double>(sum_ns_) / static_cast<double>(n);
}

std::uint64_t Histogram::value_at_ns(double quantile) const {
  const std::uint64_t n = count();
  if (n == 0) return 0;
  const double q = std::isnan(quantile) ? 0 : std::clamp(quantile, 0.0, 1.0);
  // 0.07 x 100 is a little above 7 in binary: without the allowance the rank would be 8.
  const double product = q * static_cast<double>(n) * (1 - 4 * std::numeric_limits<double>::epsilon());
  const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::ceil(product)), 1, n);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::min(bounds_of(i).middle_ns(), max_ns_);
  }
  return max_ns_;
}

LatencySummary Histogram::summary_us() const {
  const auto at = [this](double q) { return to_us(static_cast<double>(value_at_ns(q))); };
  return {.p50 = at(0.50),
          .p90 = at(0.90),
          .p99 = at(0.99),
          .p999 = at(0.999),
          .max = to_us(static_cast<double>(max_ns_)),
          .mean = to_us(mean_ns()),
          .count = count()};
}

std::vector<std::pair<std::uint32_t, std::uint64_t>> Histogram::buckets() const {
  std::vector<std::pair<std::uint32_t, std::uint64_t>> filled;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] > 0) filled.emplace_back(static_cast<std::uint32_t>(i), counts_[i]);
  }
  return filled;
}

void Histogram::restore(std::span<const std::pair<std::uint32_t, std::uint64_t>> buckets, std::uint64_t sum_ns,
                        std::uint64_t max_ns, std::uint64_t clamped) {
  // Checked before anything is changed, so that a bad side file leaves the histogram as it was.
  for (const auto& [index, count] : buckets) {
    if (index >= counts_.size()) {
      throw std::invalid_argument("histogram bucket " + std::to_string(index) + ", expected below " +
                                  std::to_string(counts_.size()));
    }
  }
  clear();
  for (const auto& [index, count] : buckets) counts_[index] += count;
  sum_ns_ = sum_ns;
  max_ns_ = max_ns;
  clamped_ = clamped;
}

}  // namespace bakeoff::stats
