// The watchdog's main function, in this process: what it is told comes by std::cin.
#include "harness/subjects/watchdog.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/harness/fixtures/abandoned_folder.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

void guard_that_is_told(const std::string& lines) {
  std::istringstream told(lines);
  std::streambuf* before = std::cin.rdbuf(told.rdbuf());
  EXPECT_EQ(run_watchdog(), 0);
  std::cin.rdbuf(before);
  std::cin.clear();
}

Process sleeper() {
  Command command;
  command.argv = {"/bin/sh", "-c", "read x; exit 3"};
  return Process::start(command);
}

TEST(Watchdog, EndsTheGroupThatItWatchesWhenTheLinesEndWithoutLeave) {
  Process watched = sleeper();
  Process other = sleeper();
  guard_that_is_told("group " + std::to_string(watched.pid()) + "\n");
  const auto ended = watched.wait(10s);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->signal, SIGKILL);
  other.close_input();
  EXPECT_EQ(other.wait(10s)->status, 3);
}

TEST(Watchdog, TouchesNothingOnceLeaveIsTaken) {
  Process watched = sleeper();
  const ScratchFolder folder;
  guard_that_is_told("group " + std::to_string(watched.pid()) + "\nfolder " + folder.path().string() + "\nleave\n");
  watched.close_input();
  EXPECT_EQ(watched.wait(10s)->status, 3) << "it ended by itself";
  EXPECT_TRUE(fs::exists(folder.path()));
}

TEST(Watchdog, RemovesAScratchFolderAndNoOther) {
  const test::AbandonedFolder folder;
  std::ofstream(folder.path() / "file") << "x";
  const ScratchFolder parent;
  const fs::path other = parent.path() / "bakeoff-1-left" / "bakeoff-1-left";
  fs::create_directories(other);
  guard_that_is_told("folder " + folder.path().string() + "\nfolder " + other.string() + "\n");
  EXPECT_FALSE(fs::exists(folder.outer()));
  EXPECT_TRUE(fs::exists(other)) << "it has nothing but the name of a scratch folder";
}

}  // namespace
}  // namespace bakeoff::subjects
