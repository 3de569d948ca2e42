#include "workloads/ledger.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <stdexcept>

namespace bakeoff::workloads {
namespace {

TEST(Ledger, TakesANumberOnceAndSaysSoTheSecondTime) {
  Ledger ledger;
  EXPECT_TRUE(ledger.add(7));
  EXPECT_FALSE(ledger.add(7));
  EXPECT_FALSE(ledger.add(7));
  EXPECT_TRUE(ledger.add(8));
  EXPECT_EQ(ledger.count(), 2U);
  EXPECT_EQ(ledger.duplicates(), 2U);
  EXPECT_TRUE(ledger.complete());
}

TEST(Ledger, KeepsNumbersApartAtEveryBorder) {
  const std::uint64_t borders[] = {
      0, 1, 63, 64, 4095, 4096, 4097, 1U << 18, UINT64_MAX, UINT64_MAX - 63, INT64_MAX, 1ULL << 63};
  Ledger ledger;
  for (const std::uint64_t value : borders) EXPECT_TRUE(ledger.add(value)) << value;
  for (const std::uint64_t value : borders) EXPECT_FALSE(ledger.add(value)) << value;
  EXPECT_EQ(ledger.count(), std::size(borders));
}

TEST(Ledger, AgreesWithASetOnRandomNumbers) {
  std::mt19937_64 random(5);
  Ledger ledger;
  std::set<std::uint64_t> truth;
  std::uint64_t duplicates = 0;
  for (int i = 0; i < 20'000; ++i) {
    // Dense around a moving place, with some far away: what a counter that several clients use looks like at worst.
    const std::uint64_t value = i % 50 == 0 ? random() : static_cast<std::uint64_t>(i) / 2 + random() % 5000;
    const bool is_new = truth.insert(value).second;
    duplicates += is_new ? 0 : 1;
    ASSERT_EQ(ledger.add(value), is_new) << value;
  }
  EXPECT_EQ(ledger.count(), truth.size());
  EXPECT_EQ(ledger.duplicates(), duplicates);
}

TEST(Ledger, FindsWhatTwoHaveInCommonWhenTheyAreMerged) {
  Ledger even, third;
  for (std::uint64_t value = 0; value < 30'000; value += 2) even.add(value);
  for (std::uint64_t value = 0; value < 30'000; value += 3) third.add(value);
  third.add(9);
  even.merge(third);
  EXPECT_EQ(even.count(), 15'000U + 10'000U - 5'000U);
  EXPECT_EQ(even.duplicates(), 5'000U + 1U);
  EXPECT_FALSE(even.add(3));
  EXPECT_TRUE(even.add(1));
}

TEST(Ledger, OfTwoThreadsThatShareACounterHasNoDuplicates) {
  Ledger one, other;
  for (std::uint64_t value = 1; value <= 10'000; ++value) (value % 7 < 3 ? one : other).add(value);
  one.merge(other);
  EXPECT_EQ(one.count(), 10'000U);
  EXPECT_EQ(one.duplicates(), 0U);
}

TEST(Ledger, ThatIsFullSaysSoAndRaisesNoFalseAlarm) {
  Ledger ledger(2);
  for (std::uint64_t value = 0; value < 3 * 4096; ++value) EXPECT_TRUE(ledger.add(value));
  EXPECT_FALSE(ledger.complete());
  EXPECT_EQ(ledger.count(), 2U * 4096);
  EXPECT_EQ(ledger.duplicates(), 0U);
  EXPECT_TRUE(ledger.add(2 * 4096)) << "not entered, so not known";
  EXPECT_FALSE(ledger.add(0)) << "what was entered is still known";
}

TEST(Ledger, MergedBeyondItsRoomIsIncompleteAndRaisesNoFalseAlarm) {
  Ledger small(1), large;
  small.add(1);
  for (std::uint64_t value = 0; value < 2 * 4096; value += 2) large.add(value);
  small.merge(large);
  EXPECT_FALSE(small.complete());
  EXPECT_EQ(small.duplicates(), 0U);
  EXPECT_EQ(small.count(), 1U + 2048U);
  Ledger other;
  other.merge(small);
  EXPECT_FALSE(other.complete()) << "it is not known what the other one left out";
}

TEST(Ledger, GoesThroughItsText) {
  Ledger ledger;
  for (std::uint64_t value = 100; value < 20'000; ++value) ledger.add(value);
  ledger.add(UINT64_MAX);
  ledger.add(5'000'000'000);
  ledger.add(100);
  Ledger read = Ledger::from_text(ledger.to_text());
  EXPECT_EQ(read.count(), ledger.count());
  EXPECT_EQ(read.duplicates(), 1U);
  EXPECT_TRUE(read.complete());
  EXPECT_EQ(read.to_text(), ledger.to_text());
  EXPECT_TRUE(read.add(99));
  for (const std::uint64_t value :
       {std::uint64_t{100}, std::uint64_t{19'999}, std::uint64_t{5'000'000'000}, UINT64_MAX}) {
    EXPECT_FALSE(read.add(value)) << value;
  }
  EXPECT_TRUE(read.add(20'000));
}

TEST(Ledger, ItsTextIsShortAndFitsIntoJson) {
  EXPECT_EQ(Ledger().to_text(), "0");
  Ledger full(1);
  full.add(4096 + 12);
  full.add(0);
  EXPECT_EQ(full.to_text(), "0! 1:1:10");
  EXPECT_FALSE(Ledger::from_text(full.to_text()).complete());
  Ledger dense;
  for (std::uint64_t value = 0; value < 1'000'000; ++value) dense.add(value);
  EXPECT_LT(dense.to_text().size(), 300'000U);
}

TEST(Ledger, TextThatIsNoneIsRefused) {
  for (const std::string text :
       {"", "x", "0 1", "0 1:0:1", "0 1:0:zz", "0 1:0:-1", "0 1:1ff:0101", "0 1:fffffffffffffff:01",
        "0 10000000000000:0:01", "0 1:0:01 1:1:01", "0!! 1:0:01", "0  1:0:01"}) {
    EXPECT_THROW(Ledger::from_text(text), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace bakeoff::workloads
