#include "harness/stats/histogram.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace bakeoff::stats {
namespace {

// Nearest rank in whole numbers: the oracle has no rounding of its own. permille in 0..1000.
std::uint64_t nearest_rank(std::vector<std::uint64_t> values, std::uint64_t permille) {
  std::sort(values.begin(), values.end());
  const std::uint64_t rank = std::max<std::uint64_t>(1, (permille * values.size() + 999) / 1000);
  return values[rank - 1];
}

double relative_error(std::uint64_t got, std::uint64_t wanted) {
  if (wanted == 0) return got == 0 ? 0 : 1;
  return std::abs(static_cast<double>(got) - static_cast<double>(wanted)) / static_cast<double>(wanted);
}

TEST(Histogram, IndexRisesWithTheValueAndSkipsNoBucket) {
  std::size_t last = Histogram::index_of(0);
  EXPECT_EQ(last, 0u);
  for (std::uint64_t ns = 1; ns < 100'000; ++ns) {
    const std::size_t index = Histogram::index_of(ns);
    ASSERT_TRUE(index == last || index == last + 1) << ns;
    last = index;
  }
}

TEST(Histogram, BoundsAreTheInverseOfTheIndexAndLeaveNoGap) {
  std::uint64_t next = 0;
  for (std::size_t index = 0; index <= Histogram::index_of(Histogram::kMaxNs); ++index) {
    const Histogram::Bounds bounds = Histogram::bounds_of(index);
    ASSERT_EQ(bounds.low_ns, next);
    ASSERT_EQ(Histogram::index_of(bounds.low_ns), index);
    ASSERT_EQ(Histogram::index_of(bounds.high_ns), index);
    ASSERT_EQ(Histogram::index_of(bounds.middle_ns()), index);
    next = bounds.high_ns + 1;
  }
}

TEST(Histogram, KnowsEveryMagnitudeToBetterThanEightTenthsOfAPercent) {
  for (std::uint64_t base = 1; base <= Histogram::kMaxNs; base *= 2) {
    for (const std::uint64_t ns : {base - 1, base, base + 1, base + base / 3, base + base / 2, 2 * base - 1}) {
      if (ns > Histogram::kMaxNs) continue;
      Histogram histogram;
      histogram.record(ns);
      histogram.record(Histogram::kMaxNs);  // So that the largest value does not hide the bucket's middle.
      EXPECT_LT(relative_error(histogram.value_at_ns(0.5), ns), 0.008) << ns;
    }
  }
}

TEST(Histogram, IsExactBelow256Nanoseconds) {
  for (std::uint64_t ns = 0; ns < 256; ++ns) {
    Histogram histogram;
    histogram.record(ns);
    histogram.record(1'000'000);
    EXPECT_EQ(histogram.value_at_ns(0.5), ns);
  }
}

TEST(Histogram, QuantilesAreThoseOfTheSortedSamplesByNearestRank) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> latency(11, 1.5);
  for (const std::size_t count : {1u, 2u, 3u, 7u, 99u, 100u, 101u, 1000u, 4999u}) {
    Histogram histogram;
    std::vector<std::uint64_t> samples;
    for (std::size_t i = 0; i < count; ++i) {
      samples.push_back(static_cast<std::uint64_t>(latency(random)));
      histogram.record(samples.back());
    }
    for (std::uint64_t permille = 0; permille <= 1000; ++permille) {
      const std::uint64_t got = histogram.value_at_ns(static_cast<double>(permille) / 1000);
      ASSERT_LT(relative_error(got, nearest_rank(samples, permille)), 0.004) << count << " at " << permille;
    }
  }
}

TEST(Histogram, RankIsNotPushedUpByBinaryFractions) {
  // 0.07 x 100 is 7.000000000000001 in binary; the seventh value is meant, not the eighth.
  Histogram histogram;
  for (std::uint64_t ns = 1; ns <= 100; ++ns) histogram.record(ns);
  for (std::uint64_t percent = 1; percent <= 100; ++percent) {
    EXPECT_EQ(histogram.value_at_ns(static_cast<double>(percent) / 100), percent);
  }
}

TEST(Histogram, MergedHistogramsEqualTheHistogramOfTheUnion) {
  std::mt19937_64 random(11);
  Histogram parts[3];
  Histogram whole;
  for (int i = 0; i < 30'000; ++i) {
    const std::uint64_t ns = random() >> (20 + random() % 40);
    parts[i % 3].record(ns);
    whole.record(ns);
  }
  Histogram merged;
  for (const Histogram& part : parts) merged.merge(part);
  EXPECT_EQ(merged.buckets(), whole.buckets());
  EXPECT_EQ(merged.sum_ns(), whole.sum_ns());
  EXPECT_EQ(merged.max_ns(), whole.max_ns());
  EXPECT_EQ(merged.clamped(), whole.clamped());
  EXPECT_EQ(merged.count(), 30'000u);
}

TEST(Histogram, MeanAndMaximumAreExact) {
  Histogram histogram;
  for (const std::uint64_t ns : {1'000'003u, 2'000'005u, 7u}) histogram.record(ns);
  EXPECT_DOUBLE_EQ(histogram.mean_ns(), (1'000'003.0 + 2'000'005.0 + 7.0) / 3);
  EXPECT_EQ(histogram.max_ns(), 2'000'005u);
  const LatencySummary summary = histogram.summary_us();
  EXPECT_DOUBLE_EQ(summary.max, 2000.005);
  EXPECT_EQ(summary.count, 3u);
}

TEST(Histogram, NoQuantileIsAboveTheMaximum) {
  Histogram histogram;
  histogram.record(1'000'000);
  for (const double q : {0.0, 0.5, 0.999, 1.0}) EXPECT_LE(histogram.value_at_ns(q), 1'000'000u);
}

TEST(Histogram, ClampsWhatIsTooLongAndCountsIt) {
  Histogram histogram;
  histogram.record(Histogram::kMaxNs);
  histogram.record(Histogram::kMaxNs + 1);
  histogram.record(UINT64_MAX);
  EXPECT_EQ(histogram.clamped(), 2u);
  EXPECT_EQ(histogram.count(), 3u);
  EXPECT_EQ(histogram.max_ns(), Histogram::kMaxNs);
}

TEST(Histogram, AnEmptyOneHasZeroes) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.value_at_ns(0.99), 0u);
  EXPECT_EQ(histogram.mean_ns(), 0);
  EXPECT_TRUE(histogram.buckets().empty());
}

TEST(Histogram, AQuantileOutOfRangeIsTheNearestEnd) {
  Histogram histogram;
  for (const std::uint64_t ns : {10u, 20u, 30u}) histogram.record(ns);
  EXPECT_EQ(histogram.value_at_ns(-1), 10u);
  EXPECT_EQ(histogram.value_at_ns(2), 30u);
  EXPECT_EQ(histogram.value_at_ns(std::nan("")), 10u);
}

TEST(Histogram, IsRestoredFromItsBuckets) {
  Histogram histogram;
  for (const std::uint64_t ns : {5u, 5u, 70'000u, 123'456'789u}) histogram.record(ns);
  Histogram restored;
  restored.record(1);
  restored.restore(histogram.buckets(), histogram.sum_ns(), histogram.max_ns(), histogram.clamped());
  EXPECT_EQ(restored.buckets(), histogram.buckets());
  EXPECT_EQ(restored.mean_ns(), histogram.mean_ns());
}

TEST(Histogram, RefusesABucketThatDoesNotExistAndStaysAsItWas) {
  Histogram histogram;
  histogram.record(42);
  const std::vector<std::pair<std::uint32_t, std::uint64_t>> bad{{1, 1}, {1'000'000, 1}};
  EXPECT_THROW(histogram.restore(bad, 0, 0, 0), std::invalid_argument);
  EXPECT_EQ(histogram.count(), 1u);
  EXPECT_EQ(histogram.max_ns(), 42u);
}

TEST(Histogram, ClearedItIsEmpty) {
  Histogram histogram;
  histogram.record(UINT64_MAX);
  histogram.clear();
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.clamped(), 0u);
  EXPECT_EQ(histogram.max_ns(), 0u);
  EXPECT_EQ(histogram.sum_ns(), 0u);
}

}  // namespace
}  // namespace bakeoff::stats
