#include "harness/input/nearest_name.h"

#include <gtest/gtest.h>

namespace bakeoff::input {
namespace {

TEST(Nearest, CountsEditsAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("ehco", "echo"), 1u);
  EXPECT_EQ(edit_distance("fibers", "fibres"), 1u);
}

TEST(Nearest, ProposesASlipAndNotAnotherWord) {
  const std::vector<std::string> names{"threads", "prefork", "fibers", "event-loop"};
  EXPECT_EQ(nearest("eventloop", names), "event-loop");
  EXPECT_EQ(nearest("thraeds", names), "threads");
  EXPECT_EQ(nearest("goroutines", names), "");
  EXPECT_EQ(nearest("x", {}), "");
  EXPECT_EQ(did_you_mean("zzz", names), "");
}

}  // namespace
}  // namespace bakeoff::input
