// Cases that pass, fail, are skipped, and end their process in every way: recording_test.cpp runs them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace bakeoff::recording {
namespace {

TEST(Calm, Passes) {}
TEST(Calm, Fails) {
  EXPECT_EQ("<\"1\" & 2>", "") << "on\npurpose";
}
TEST(Calm, IsSkipped) {
  GTEST_SKIP() << "not here";
}

TEST(Fatal, IsKilled) {
  ::kill(::getpid(), SIGKILL);
}
TEST(Fatal, Exits) {
  std::_Exit(0);
}
TEST(Fatal, Hangs) {
  for (;;) ::pause();
}
TEST(Fatal, PassesBehindThem) {}

TEST(AtExit, Passes) {
  std::atexit([] { std::_Exit(23); });
}

}  // namespace
}  // namespace bakeoff::recording
