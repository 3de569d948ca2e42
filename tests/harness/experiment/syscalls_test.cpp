// The summary of `strace -c -U name,calls`, as strace 6.1 writes it.
#include "harness/experiment/syscalls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bakeoff::experiment {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(StraceSummary, HasTheCallsByNameWithoutTheirSum) {
  EXPECT_THAT(parse_strace_summary("syscall              calls\n"
                                   "---------------- ---------\n"
                                   "recvfrom            101224\n"
                                   "sendto              101200\n"
                                   "epoll_wait            3163\n"
                                   "---------------- ---------\n"
                                   "total               205587\n"),
              ElementsAre(Pair("epoll_wait", 3163), Pair("recvfrom", 101224), Pair("sendto", 101200)));
}

TEST(StraceSummary, OfNothingIsEmpty) {
  EXPECT_THAT(parse_strace_summary(""), IsEmpty());
  EXPECT_THAT(parse_strace_summary("strace: Process 7 attached\n"), IsEmpty());
}

}  // namespace
}  // namespace bakeoff::experiment
