#include "harness/measure/netstat.h"

#include <gtest/gtest.h>

namespace bakeoff::measure {
namespace {

constexpr const char* kNetstat =
    "TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPTimeouts\n"
    "TcpExt: 1 312 318 99\n"
    "IpExt: InNoRoutes ListenDrops\n"
    "IpExt: 7 8\n";

TEST(Netstat, FindsTheAcceptQueueByNameInThePairOfLines) {
  const AcceptQueueCounters counters = parse_netstat(kNetstat);
  EXPECT_EQ(counters.overflows, 312u);
  EXPECT_EQ(counters.drops, 318u);
}

TEST(Netstat, IsFoundWhereTheExtensionsAreNotFirst) {
  const AcceptQueueCounters counters =
      parse_netstat("MPTcpExt: ListenDrops\nMPTcpExt: 5\nTcpExt: ListenDrops\nTcpExt: 6\n");
  EXPECT_EQ(counters.drops, 6u);
  EXPECT_FALSE(counters.overflows);
}

TEST(Netstat, WhatIsNotThereIsAbsentAndNotZero) {
  for (const char* text :
       {"", "TcpExt: ListenDrops ListenOverflows\n", "TcpExt: ListenDrops ListenOverflows\nTcpExt:",
        "TcpExt: ListenDrops ListenOverflows\nIpExt: 1 2\n", "TcpExt: ListenDrops ListenOverflows\nTcpExt: x y\n"}) {
    const AcceptQueueCounters counters = parse_netstat(text);
    EXPECT_FALSE(counters.drops) << text;
    EXPECT_FALSE(counters.overflows) << text;
  }
}

TEST(Netstat, ADifferenceNeedsBothAndDoesNotGoBack) {
  const AcceptQueueCounters rise = difference({.overflows = 5, .drops = 9}, {.overflows = 8, .drops = 4});
  EXPECT_EQ(rise.overflows, 3u);
  EXPECT_FALSE(rise.drops);
  EXPECT_FALSE(difference({}, {.overflows = 8, .drops = 4}).overflows);
}

TEST(Netstat, ThisMachineCountsBoth) {
  const AcceptQueueCounters counters = read_accept_queue_counters();
  if (!counters.drops) GTEST_SKIP() << "/proc/net/netstat is not readable here";
  EXPECT_GE(*counters.drops, counters.overflows.value());
}

}  // namespace
}  // namespace bakeoff::measure
