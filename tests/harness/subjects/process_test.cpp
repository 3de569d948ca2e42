#include "harness/subjects/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <system_error>

namespace bakeoff::subjects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Command shell(const std::string& script) {
  Command command;
  command.argv = {"/bin/sh", "-c", script};
  return command;
}

std::string all_output(Process& process) {
  std::string text;
  while (const auto line = process.read_line(10s)) text += *line + "\n";
  return text;
}

TEST(Process, TalksOverItsPipesAndSaysHowItEnded) {
  Process process = Process::start(shell("read word; echo got $word; exit 3"));
  ASSERT_TRUE(process.write("bread\n"));
  EXPECT_EQ(process.read_line(10s), "got bread");
  const auto ended = process.wait(10s);
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->exited);
  EXPECT_EQ(ended->status, 3);
  EXPECT_EQ(ended->describe(), "exited with 3");
  EXPECT_FALSE(process.running());
}

TEST(Process, AProgramThatCannotBeStartedIsAnErrorThatNamesItAndLeavesNoZombie) {
  Command command;
  command.argv = {"no-such-program-anywhere"};
  try {
    Process::start(command);
    FAIL() << "started";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no-such-program-anywhere"));
    EXPECT_EQ(error.code().value(), ENOENT);
  }
  command.argv = {"/etc/passwd"};
  EXPECT_THROW(Process::start(command), std::system_error);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
  EXPECT_EQ(errno, ECHILD);
}

TEST(Process, AStepOfTheSetUpThatFailsIsNamed) {
  Command command = shell("true");
  command.directory = "/no/such/folder";
  try {
    Process::start(command);
    FAIL() << "started";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("chdir"));
  }
  command = shell("true");
  command.cpus = {100000 % CPU_SETSIZE};
  EXPECT_THROW(Process::start(command), std::system_error);
}

TEST(Process, InheritsNoDescriptorAndDefaultSignals) {
  const int open_here = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  const auto old = std::signal(SIGPIPE, SIG_IGN);
  Process process = Process::start(shell("ls /proc/self/fd; grep SigIgn /proc/self/status"));
  const std::string text = all_output(process);
  // 3 is what ls reads the folder with.
  EXPECT_EQ(text.substr(0, 8), "0\n1\n2\n3\n") << text;
  EXPECT_THAT(text, HasSubstr("SigIgn:\t0000000000000000"));
  std::signal(SIGPIPE, old);
  ::close(open_here);
}

TEST(Process, RunsInAGroupOfItsOwnOnTheCpusItIsToldTo) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  ASSERT_EQ(::sched_getaffinity(0, sizeof allowed, &allowed), 0);
  int last = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) last = cpu;
  }
  Command command = shell("grep Cpus_allowed_list /proc/self/status; ps -o pgid= -p $$ 2>/dev/null; read x");
  command.cpus = {last};
  Process process = Process::start(command);
  EXPECT_EQ(process.read_line(10s), "Cpus_allowed_list:\t" + std::to_string(last));
  EXPECT_EQ(::getpgid(process.pid()), process.pid());
}

TEST(Process, OneThatIgnoresItsSignalIsKilledWhenTheGraceIsOver) {
  Process process = Process::start(shell("trap '' TERM; echo ready; while :; do sleep 0.1; done"));
  ASSERT_EQ(process.read_line(10s), "ready");
  const ExitResult ended = process.stop(SIGTERM, 50ms);
  EXPECT_TRUE(ended.killed);
  EXPECT_EQ(ended.signal, SIGKILL);
  EXPECT_EQ(ended.describe(), "killed by SIGKILL after the grace was over");
}

TEST(Process, WhatALeaderLeavesBehindIsFoundKilledAndReaped) {
  Process process = Process::start(shell("sleep 1000 & sleep 1000 & echo $$"));
  const pid_t group = process.pid();
  const auto ended = process.wait(10s);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->orphans, 2);
  EXPECT_TRUE(processes_of_group(group).empty());
}

TEST(Process, DestroyingItEndsTheWholeGroup) {
  pid_t group = 0;
  {
    Process process = Process::start(shell("sleep 1000 & echo ready; wait"));
    ASSERT_EQ(process.read_line(10s), "ready");
    group = process.pid();
    EXPECT_EQ(processes_of_group(group).size(), 2U);
  }
  EXPECT_TRUE(processes_of_group(group).empty());
}

TEST(Process, StoppingOrWaitingAgainAfterItsEndDoesNothing) {
  Process process = Process::start(shell("exit 3"));
  ASSERT_TRUE(process.wait(10s));
  EXPECT_FALSE(process.stop(SIGTERM, 10ms).exited);
  EXPECT_FALSE(process.wait(10ms)->exited);
}

TEST(Process, StderrGoesToItsFile) {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / "bakeoff-process-test-stderr";
  std::filesystem::remove(file);
  Command command = shell("echo trouble >&2");
  command.error_file = file;
  Process process = Process::start(command);
  ASSERT_TRUE(process.wait(10s));
  std::string line;
  std::getline(std::ifstream(file) >> std::ws, line);
  EXPECT_EQ(line, "trouble");
  std::filesystem::remove(file);
}

TEST(Process, StdoutGoesToTheFileOfStderrWhereItIsToldTo) {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / "bakeoff-process-test-output";
  std::filesystem::remove(file);
  Command command = shell("echo said; echo trouble >&2; echo more");
  command.error_file = file;
  command.output_to_error_file = true;
  Process process = Process::start(command);
  EXPECT_EQ(process.read_line(10s), std::nullopt);
  EXPECT_TRUE(process.output_ended());
  ASSERT_TRUE(process.wait(10s));
  std::ifstream stream(file);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  EXPECT_EQ(text, "said\ntrouble\nmore\n");
  std::filesystem::remove(file);
}

/// How a child ends whose parent, which is not this process, has started it and has gone.
int status_of_an_orphan(const Command& command) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const pid_t starter = ::fork();
  if (starter == 0) {
    // _exit: the copy of this process tidies up nothing of it, nor ends what it has started.
    try {
      const Process process = Process::start(command);
      const pid_t started = process.pid();
      ::_exit(::write(ends[1], &started, sizeof started) == sizeof started ? 0 : 1);
    } catch (...) {
      ::_exit(1);
    }
  }
  ::close(ends[1]);
  pid_t child = -1;
  EXPECT_EQ(::read(ends[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  ::close(ends[0]);
  EXPECT_EQ(::waitpid(starter, nullptr, 0), starter);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

TEST(Process, DiesWithWhoHasStartedIt) {
  const int status = status_of_an_orphan(shell("exec sleep 1000"));
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST(Process, OneThatOutlivesGoesOnWhenWhoHasStartedItIsGone) {
  // Its input ends when the other is gone; then it ends by itself.
  Command command = shell("cat; exit 3");
  command.outlives_harness = true;
  const int status = status_of_an_orphan(command);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 3);
}

TEST(Process, ReadingALineGivesUpWhenTheTimeIsOver) {
  Process process = Process::start(shell("read x"));
  EXPECT_EQ(process.read_line(1ms), std::nullopt);
  EXPECT_FALSE(process.output_ended());
  process.close_input();
  EXPECT_EQ(process.read_line(10s), std::nullopt);
  EXPECT_TRUE(process.output_ended());
}

}  // namespace
}  // namespace bakeoff::subjects
