// The arithmetic of loads whose every request waits for the same time.
#include "harness/journal/fixed_wait.h"

#include <gtest/gtest.h>

namespace bakeoff::journal {
namespace {

TEST(FixedWait, IsKnownWhereAllRequestsWaitAlike) {
  LoadShape load{.connections = 1000, .request = "/wait/{fixed:100000}"};
  EXPECT_EQ(fixed_wait_us(load), 100'000);
  EXPECT_EQ(waiting_ceiling_rps(load), 10'000) << "a thousand connections, each a tenth of a second";
  for (const char* request : {"", "/wait/{exponential:2000}", "/wait/{fixed:0}", "/wait/{fixed:1x}", "/id/{k}",
                              "/{mix: 1 wait fixed:5, 1 id}"}) {
    load.request = request;
    EXPECT_FALSE(fixed_wait_us(load)) << request;
    EXPECT_FALSE(waiting_ceiling_rps(load)) << request;
  }
}

}  // namespace
}  // namespace bakeoff::journal
