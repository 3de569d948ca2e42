// What probes read of /proc and of cgroups, by its text.
#include "models/probes/tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "models/probes/lifecycle.h"
#include "models/probes/scheduler_groups.h"

namespace bakeoff::models {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Tasks, AreReadAlsoWhereTheNameHasParenthesesAndSpaces) {
  const auto task = probes::parse_task(7, "12 (a) S (b) R 1 7 7 0");
  ASSERT_TRUE(task);
  EXPECT_EQ(task->state, 'R');
  EXPECT_EQ(probes::ps_line(*task), "7 12 R a) S (b");
}

TEST(Tasks, AreNotReadFromOtherText) {
  for (const char* text : {"", "12", "12 (a", "12 (a) ", "x (a) R 1", " (a) R 1"}) {
    EXPECT_FALSE(probes::parse_task(7, text)) << text;
  }
}

TEST(Tasks, OfThisProcessAreListedAndCounted) {
  const auto tids = probes::tids_of(::getpid());
  EXPECT_THAT(tids, testing::Contains(::gettid()));
  EXPECT_EQ(probes::status_number(::getpid(), "Threads"), tids.size());
  EXPECT_EQ(probes::status_number(::getpid(), "Thread"), std::nullopt);
  EXPECT_EQ(probes::read_task(::getpid(), ::gettid())->state, 'R');
}

TEST(KilledChild, IsGoneAfterItsScope) {
  pid_t pid = 0;
  {
    const probes::KilledChild child([] { return ::pause(); });
    pid = child.pid();
    EXPECT_EQ(probes::await_state(pid, pid, 'S')->state, 'S');
  }
  EXPECT_EQ(probes::state_of(pid), '-');
  EXPECT_FALSE(probes::read_task(pid, pid));
}

constexpr std::string_view kV2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr std::string_view kV1 =
    "40 30 0:33 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
    "41 30 0:34 /docker/ab /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n";

TEST(CpuCgroups, OfV2AreMadeInTheOwnOneOrBesideIt) {
  EXPECT_THAT(probes::cpu_cgroup_places(kV2, "0::/user.slice/a.scope\n"),
              ElementsAre("/sys/fs/cgroup/user.slice/a.scope", "/sys/fs/cgroup/user.slice"));
  EXPECT_THAT(probes::cpu_cgroup_places(kV2, "0::/\n"), ElementsAre("/sys/fs/cgroup/"));
}

TEST(CpuCgroups, OfV1AreMadeInTheHierarchyOfTheCpuAsFarAsItIsMounted) {
  EXPECT_THAT(probes::cpu_cgroup_places(kV1, "5:cpuset:/\n4:cpu,cpuacct:/docker/ab/c\n0::/\n"),
              ElementsAre("/sys/fs/cgroup/cpu,cpuacct/c"));
}

TEST(CpuCgroups, HaveNoPlaceWhereNoneAreMounted) {
  EXPECT_THAT(probes::cpu_cgroup_places("", "0::/\n"), IsEmpty());
  EXPECT_THAT(probes::cpu_cgroup_places(kV1, "0::/\n"), IsEmpty());
}

}  // namespace
}  // namespace bakeoff::models
