// The process-shared store across fork and SIGKILL, in a program of its own.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace {

int run_program(const std::string& what) {
  return std::system((std::string(STORE_PROCESSES " ") + what).c_str());
}

TEST(StoreProcesses, IncrementsOfSeveralProcessesAddUp) {
  EXPECT_EQ(run_program("count"), 0);
}

TEST(StoreProcesses, TheLockOfAKilledProcessIsTakenOver) {
  EXPECT_EQ(run_program("killed-with-lock"), 0);
}

TEST(StoreProcesses, AProcessKilledAnywhereNeitherHangsNorCorruptsTheOthers) {
  EXPECT_EQ(run_program("killed-anywhere"), 0);
}

}  // namespace
