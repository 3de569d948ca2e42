// The answers that programs of others are held against.
#include "harness/experiment/expected_answer.h"

#include <gtest/gtest.h>

namespace bakeoff::experiment {
namespace {

TEST(ExpectedAnswer, IsThatOfThePage) {
  constexpr std::uint64_t kOfTwoMib = 14357858549161851277U;  // workloads/PROTOCOLS.md
  EXPECT_EQ(expected_answer("sha256", 1, 2), kOfTwoMib);
  EXPECT_EQ(expected_answer("sha256", 7, 2), kOfTwoMib) << "however it is shared out";
  EXPECT_EQ(expected_answer("count", 3, 1000), 3000U);
}

TEST(ExpectedAnswer, OfUnitsThatWaitForEachOtherIsNotKnown) {
  EXPECT_EQ(expected_answer("shared-count", 2, 10), std::nullopt);
  EXPECT_EQ(expected_answer("sleepers", 2, 10), std::nullopt);
}

}  // namespace
}  // namespace bakeoff::experiment
