// The memory of a process tree, which is not to depend on what else runs on the machine.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include "harness/measure/text_file.h"
#include "harness/measure/tree_memory.h"
#include "harness/subjects/process.h"

namespace bakeoff::measure {
namespace {

using namespace std::chrono_literals;

subjects::Process sleeper() {
  subjects::Command command;
  command.argv = {"/bin/sh", "-c", "echo ready; exec sleep 600"};
  return subjects::Process::start(command);
}

/// Once it is `sleep`, whose memory no longer changes.
std::uint64_t steady_kib(pid_t pid) {
  std::uint64_t before = 0;
  for (int look = 0; look < 100; ++look) {
    const std::uint64_t now = measure_memory({pid}).value_or(TreeMemory{}).pss_kib;
    const auto name = read_text("/proc/" + std::to_string(pid) + "/comm");
    if (now == before && name && trimmed(*name) == "sleep") return now;
    before = now;
    ::usleep(10'000);
  }
  return before;
}

std::uint64_t kernel_pss_kib(pid_t pid) {
  const auto text = read_text("/proc/" + std::to_string(pid) + "/smaps_rollup");
  return parse_number<std::uint64_t>(value_of(text.value_or(""), "Pss:").value_or("0")).value_or(0);
}

TEST(TreeMemory, IsTheSameWhetherOrNotOthersRunTheSameProgram) {
  auto first = sleeper();
  const std::uint64_t alone = steady_kib(first.pid());
  const std::uint64_t kernel_alone = kernel_pss_kib(first.pid());
  std::vector<subjects::Process> others;
  for (int i = 0; i < 8; ++i) others.push_back(sleeper());
  for (const auto& other : others) steady_kib(other.pid());
  EXPECT_EQ(steady_kib(first.pid()), alone);
  EXPECT_LT(kernel_pss_kib(first.pid()), kernel_alone) << "the kernel divides with them, or this test shows nothing";
}

TEST(TreeMemory, CountsAPageOfAFileOnceForAllProcessesOfTheTree) {
  auto first = sleeper(), second = sleeper();
  steady_kib(first.pid());
  steady_kib(second.pid());
  const TreeMemory one = measure_memory({first.pid()}).value_or(TreeMemory{});
  const TreeMemory both = measure_memory({first.pid(), second.pid()}).value_or(TreeMemory{});
  ASSERT_GT(one.file_kib, 500U);
  EXPECT_LT(both.file_kib, one.file_kib * 3 / 2) << "they run the same program with the same libraries";
}

/// Runs `body` in a process of its own, which then waits until it is killed.
template <typename Body>
pid_t forked(const Body& body) {
  int ready[2];
  EXPECT_EQ(::pipe(ready), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    body();
    (void)!::write(ready[1], "x", 1);
    while (true) ::pause();
  }
  char byte = 0;
  (void)!::read(ready[0], &byte, 1);
  ::close(ready[0]);
  ::close(ready[1]);
  return pid;
}

TEST(TreeMemory, CountsSharedPagesOnceAndOwnPagesOfEach) {
  constexpr std::size_t kBytes = 16 << 20, kKib = kBytes / 1024;
  void* const shared = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  const pid_t one = forked([&] { std::memset(shared, 1, kBytes); });
  const pid_t other = forked([&] {
    std::memset(shared, 2, kBytes);
    void* const own = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::memset(own, 3, kBytes);
  });
  const auto alone = measure_memory({one}), both = measure_memory({one, other});
  for (const pid_t pid : {one, other}) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  ::munmap(shared, kBytes);
  ASSERT_TRUE(alone && both);
  constexpr std::uint64_t kSlack = 12 * 1024;  // What a process has beside them; with a sanitizer it is much.
  EXPECT_LT(both->file_kib, alone->file_kib + kSlack) << "the shared pages are the same ones";
  EXPECT_GT(alone->file_kib, kKib);
  const std::uint64_t second = both->pss_kib - alone->pss_kib;
  EXPECT_GT(second + kSlack, kKib) << "what the second has for itself";
  EXPECT_LT(second, kKib + kSlack) << "and not the shared pages again";
}

TEST(TreeMemory, OfNoProcessIsUnknown) {
  EXPECT_FALSE(measure_memory({}));
}

}  // namespace
}  // namespace bakeoff::measure
