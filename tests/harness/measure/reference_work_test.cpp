// Work of a fixed size beside something that is measured.
#include "harness/measure/reference_work.h"

#include <gtest/gtest.h>

#include "harness/measure/cpu_sets.h"
#include "tests/eventually.h"

namespace bakeoff::measure {
namespace {

TEST(ReferenceWork, HasACostThatGrowsWithItsRoundsOnEveryCpu) {
  const ReferenceWork work(allowed_cpus());
  ASSERT_TRUE(test::eventually([&] { return work.use().rounds >= 20; }));
  const ReferenceWork::Use before = work.use();
  ASSERT_TRUE(test::eventually([&] { return work.use().rounds >= before.rounds + 20; }));
  const ReferenceWork::Use after = work.use();
  const double round_us = (after.cpu_us - before.cpu_us) / (after.rounds - before.rounds);
  EXPECT_GT(round_us, 1) << "thirty-two system calls";
  EXPECT_LT(round_us, 5000);
}

TEST(ReferenceWork, OfNoCpuIsNone) {
  const ReferenceWork work({});
  EXPECT_EQ(work.use().rounds, 0);
}

}  // namespace
}  // namespace bakeoff::measure
