// The parts of the probes of spawning and of lifecycles that need no unit to be tried.
#include "models/probes/spawning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "models/probes/catalogue.h"
#include "models/probes/lifecycle.h"
#include "models/probes/spawning_process.h"

namespace bakeoff::models {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A system that has room for a number of units.
class LimitedMechanism {
 public:
  explicit LimitedMechanism(std::size_t room) : room_(room) {}

  void create(std::size_t index, probes::StartReport* report) {
    if (live_.size() == room_) throw executors::LimitReached("room = " + std::to_string(room_));
    live_.push_back(index);
    probes::report_start(report);
  }
  void join(std::size_t index) { std::erase(live_, index); }
  const std::vector<std::size_t>& live() const { return live_; }

 private:
  std::size_t room_;
  std::vector<std::size_t> live_;
};

std::vector<std::string> names_of_figures(const probes::ProbeResult& result) {
  std::vector<std::string> names;
  for (const auto& figure : result.figures) names.push_back(figure.name);
  return names;
}

TEST(Spawning, JoinsWhatThereIsWhenTheSystemRefusesOneMore) {
  LimitedMechanism limited(3);
  EXPECT_THROW(probes::make_and_join(limited, 4), executors::LimitReached);
  EXPECT_THAT(limited.live(), IsEmpty());
  EXPECT_NO_THROW(probes::make_and_join(limited, 3));
  EXPECT_THAT(limited.live(), IsEmpty());
}

TEST(Spawning, TellsTheLimitAndLeavesOutWhatWasNotReached) {
  LimitedMechanism limited(3);
  const probes::SpawnPlan plan{.outstanding = 4};
  probes::SpawnTimes times = probes::time_spawning(limited, plan, std::chrono::milliseconds(1));
  EXPECT_EQ(times.limit, "room = 3");
  EXPECT_THAT(limited.live(), IsEmpty());
  times.create_and_join = times.call_returns = times.first_instruction = 1e9;
  const probes::ProbeResult result = probes::spawn_result(times, plan);
  EXPECT_EQ(result.limit, "room = 3");
  EXPECT_FALSE(result.peak_live_units) << "units with an empty body may have ended before the next is made";
  EXPECT_THAT(names_of_figures(result), ElementsAre("create_and_join_us", "call_returns_us", "first_instruction_us",
                                                    "began_on_other_cpu_percent"));
}

TEST(Spawning, LeavesOutAFigureThatDoesNotRiseAboveTheBodysOwnCost) {
  const probes::SpawnTimes times{.create_and_join = 1e9, .call_returns = 0, .first_instruction = 0, .outstanding = 1e9};
  const probes::ProbeResult result = probes::spawn_result(times, {});
  EXPECT_THAT(names_of_figures(result),
              ElementsAre("create_and_join_us", "outstanding_us", "began_on_other_cpu_percent"));
  // A second is a million us, of which the body's own cost is a small part.
  EXPECT_GT(result.figures[0].value, 0.9e6);
  EXPECT_LT(result.figures[0].value, 1e6);
}

TEST(Spawning, TheMedianOfIntervalsIsNotMovedByOneThatWasDisturbed) {
  int calls = 0;
  const auto interval = [&calls]() -> std::int64_t { return ++calls == 1 ? 1'000'000 : 10; };
  EXPECT_EQ(probes::median_interval(interval, 5, std::chrono::nanoseconds(0)), 10);
  EXPECT_EQ(calls, 15) << "three batches at least";
}

TEST(Spawning, FewerChildrenOfALargeParentAreOutstanding) {
  workloads::Settings settings(probes::find_probe("spawn-fork")->settings);
  EXPECT_EQ(probes::outstanding_of(settings), 200U);
  settings.set("parent-mib", "1024");
  EXPECT_EQ(probes::outstanding_of(settings), 20U);
  settings.set("parent-mib", "4096");
  EXPECT_EQ(probes::outstanding_of(settings), 5U);
  settings.set("outstanding", "2");
  EXPECT_EQ(probes::outstanding_of(settings), 2U);
}

TEST(TouchedMemory, IsWrittenToAndInNoHugePagesUnlessAsked) {
  const probes::TouchedMemory memory(4, false);
  ASSERT_EQ(memory.bytes().size(), 4 * probes::kBytesPerMib);
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  for (std::size_t i = 0; i < memory.bytes().size(); i += page) ASSERT_EQ(memory.bytes()[i], 1) << i;
  EXPECT_EQ(memory.huge_percent(), 0);
}

TEST(TouchedMemory, RefusesMoreThanThereIs) {
  EXPECT_THROW(probes::TouchedMemory(std::uint64_t{1} << 40, false), std::invalid_argument);
}

TEST(Lifecycle, AFindingThatIsNotAsTaughtIsNamedInTheComplaint) {
  probes::ProbeResult result;
  probes::add_demonstrations(result,
                             {{.name = "as_taught", .observed = true, .expected = true, .sentence = "seen"},
                              {.name = "otherwise", .observed = true, .expected = false, .sentence = "seen as well"}});
  EXPECT_THAT(names_of_figures(result), ElementsAre("as_taught_yes_or_no", "otherwise_yes_or_no"));
  EXPECT_THAT(result.evidence, ElementsAre("seen", "seen as well"));
  EXPECT_EQ(result.complaint, "otherwise is 1, expected 0");
}

TEST(Lifecycle, AStateIsReadBehindANameWithSpacesAndBrackets) {
  std::array<char, 16> before{};
  ::prctl(PR_GET_NAME, before.data());
  ::prctl(PR_SET_NAME, "a) Z (b");
  EXPECT_EQ(probes::state_of(::getpid()), 'R');
  ::prctl(PR_SET_NAME, before.data());
  EXPECT_EQ(probes::state_of(-1), '-');
}

}  // namespace
}  // namespace bakeoff::models
