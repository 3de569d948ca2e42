// What the doctor says of a bakeoff that runs already, and of facts that must not contradict each other.
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>

#include "harness/doctor/read_watch.h"
#include "harness/doctor/topics.h"
#include "harness/subjects/process.h"
#include "harness/subjects/scratch_folder.h"
#include "tests/harness/fixtures/named_finding.h"

namespace bakeoff::doctor {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

ProcessReading child_of(pid_t parent, const char* name) {
  return {.name = name, .parent = parent};
}

TEST(OtherBakeoffs, OwnWhateverTheyHaveStartedAndTheDoctorIsNone) {
  const std::map<pid_t, ProcessReading> processes = {
      {1, child_of(0, "init")},      {10, child_of(1, "sh")},      {11, child_of(10, "bakeoff")},
      {12, child_of(11, "exe")},     {13, child_of(11, "nginx")},  {14, child_of(13, "nginx")},
      {20, child_of(10, "bakeoff")}, {21, child_of(20, "strace")}, {30, child_of(1, "bakeoff-subject")},
      {40, child_of(10, "bakeoff")},  // By its name alone.
  };
  const std::set<pid_t> programs{11, 12, 20, 30};
  EXPECT_THAT(owning_bakeoff(processes, programs, 20),
              UnorderedElementsAre(Pair(11, 11), Pair(12, 11), Pair(13, 11), Pair(14, 11), Pair(30, 30)));
  EXPECT_THAT(owning_bakeoff({{2, child_of(3, "a")}, {3, child_of(2, "b")}}, {}, 20), IsEmpty()) << "a circle ends";
}

TEST(OtherBakeoffs, AreKnownByTheFileThatTheyRun) {
  subjects::Command command;
  command.argv = {BAKEOFF_BIN_DIR "/bakeoff-subject", "serve", "event-loop", "echo"};
  subjects::Process subject = subjects::Process::start(command);
  ASSERT_TRUE(subject.read_line(10s));
  EXPECT_TRUE(runs_bakeoff(subject.pid()));
  subject.stop();
  const subjects::ScratchFolder folder;
  std::filesystem::copy("/bin/sleep", folder.path() / "bakeoff");
  command.argv = {folder.path() / "bakeoff", "600"};
  subjects::Process other = subjects::Process::start(command);
  EXPECT_FALSE(runs_bakeoff(other.pid())) << "its name is not enough";
  other.stop(SIGKILL);
}

TEST(DoctorNeighbours, AnotherBakeoffIsWaitedForAndNotKilled) {
  DoctorFacts facts;
  EXPECT_EQ(test::named_finding(neighbour_findings(facts), "other_bakeoff").level, Level::good);
  facts.watch.bakeoffs = {{.pid = 77, .cpu_share = 1.5}};
  const auto other = test::named_finding(neighbour_findings(facts), "other_bakeoff");
  EXPECT_EQ(other.level, Level::trouble);
  EXPECT_THAT(other.found, AllOf(HasSubstr("another bakeoff is running (pid 77)"), HasSubstr("150.0 % of a CPU")));
  EXPECT_THAT(other.why, HasSubstr("Wait until it has ended"));
  EXPECT_EQ(other.mend, "");
  facts.watch.bakeoffs.front().cpu_share = 0;
  EXPECT_EQ(test::named_finding(neighbour_findings(facts), "other_bakeoff").level, Level::note)
      << "it may begin at any moment";
}

TEST(DoctorKernel, SaysOneThingOfIoUringWhereTheKernelAllowsItAndTheModelHasNone) {
  DoctorFacts facts;
  facts.io_uring_disabled = 0;
  EXPECT_EQ(test::named_finding(kernel_findings(facts), "io_uring").found, "allowed");
  facts.models.missing = {{"io-uring", "liburing (apt install liburing-dev) when it is built"}};
  EXPECT_EQ(test::named_finding(kernel_findings(facts), "io_uring").found,
            "allowed by the kernel's setting, but not to be had (model_io_uring)");
  EXPECT_THAT(test::named_finding(program_findings(facts), "model_io_uring").why, HasSubstr("liburing"));
  facts.io_uring_disabled = 2;
  EXPECT_EQ(test::named_finding(kernel_findings(facts), "io_uring").found, "forbidden");
}

TEST(DoctorKernel, NotesAPriorityThatTrialsInherit) {
  DoctorFacts facts;
  facts.nice = 5;
  facts.scheduling = "other";
  EXPECT_EQ(test::named_finding(kernel_findings(facts), "priority").level, Level::note);
  EXPECT_EQ(test::named_finding(kernel_findings(facts), "priority").mend, "sudo renice -n 0 -p $$");
  facts.scheduling = "idle";
  EXPECT_EQ(test::named_finding(kernel_findings(facts), "priority").level, Level::trouble);
  facts.scheduling = "fifo";
  EXPECT_THAT(test::named_finding(kernel_findings(facts), "priority").why, HasSubstr("5 % of each second"));
}

TEST(DoctorLimits, CpuTimeThatEndsAProcessIsATrouble) {
  DoctorFacts facts;
  facts.cpu_time_s = 3600;
  EXPECT_EQ(test::named_finding(limit_findings(facts), "cpu_time").level, Level::trouble);
  EXPECT_EQ(test::named_finding(limit_findings(facts), "cpu_time").found, "3,600 s per process");
  facts.cpu_time_s = UINT64_MAX;
  EXPECT_EQ(test::named_finding(limit_findings(facts), "cpu_time").level, Level::good);
}

TEST(Doctor, TellsNobodyToEndAProcessOrToSwitchOffAService) {
  DoctorFacts facts;
  facts.systemd = true;
  facts.machine.cpus = {0, 1};
  facts.watch.busiest = {{.pid = 12, .name = "postgres", .cpu_share = 0.5}};
  facts.watch.servers = {"nginx"};
  facts.watch.bakeoffs = {{.pid = 77, .cpu_share = 1}};
  facts.programs = {{{{"nginx", "nginx-light"}, "", true, "nginx"}, "/usr/sbin/nginx"}};
  for (const DoctorFinding& each : all_findings(facts)) {
    EXPECT_THAT(each.mend, AllOf(Not(HasSubstr("kill")), Not(HasSubstr("disable")))) << each.name;
  }
}

}  // namespace
}  // namespace bakeoff::doctor
