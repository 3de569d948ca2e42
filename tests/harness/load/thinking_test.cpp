#include "harness/load/thinking.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <utility>
#include <vector>

namespace bakeoff::load {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;

/// (when, who) of the first requests of a load whose replies take no time.
std::vector<std::pair<std::uint64_t, std::uint64_t>> requests(Thinking& thinking, std::uint64_t first,
                                                              std::size_t count) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> asked;
  while (asked.size() != count) {
    const std::uint64_t now = thinking.next_ns();
    const std::uint32_t user = thinking.pop();
    asked.emplace_back(now, first + user);
    thinking.begin(user, now);
  }
  return asked;
}

TEST(Thinking, OfNobodyIsNeverOver) {
  Thinking thinking("", 1, 0, 3);
  thinking.resume(5);
  thinking.begin(1, 7);
  EXPECT_FALSE(thinking.thinks(1));
  EXPECT_EQ(thinking.next_ns(), Thinking::kNever);
}

TEST(Thinking, OfAFixedTimeIsOverOnceInEveryTurnOfIt) {
  Thinking thinking("fixed:10000", 1, 0, 50);
  thinking.resume(1000 * kMillisecond);
  std::vector<int> turns(50);
  for (const auto& [when, who] : requests(thinking, 0, 500)) {
    ASSERT_GE(when, 1000 * kMillisecond);
    ASSERT_EQ((when - 1000 * kMillisecond) / (10 * kMillisecond), turns[who]++) << who;
  }
}

TEST(Thinking, OfUsersWhoArriveIsTheirOwnWhateverPlaceTheyHave) {
  const auto thoughts = [](std::uint32_t place) {
    Thinking thinking("exponential:20000", 3, 0, 4, Thinking::At::arrival);
    thinking.resume(0);
    EXPECT_EQ(thinking.next_ns(), Thinking::kNever) << "nobody is there yet";
    thinking.arrive(place, 77);
    std::vector<std::uint64_t> times;
    for (std::uint64_t now = 0; times.size() != 5; times.push_back(now)) {
      thinking.begin(place, now);
      now = thinking.next_ns();
      EXPECT_EQ(thinking.pop(), place);
    }
    return times;
  };
  EXPECT_EQ(thoughts(0), thoughts(3));
}

TEST(Thinking, OfAUserWhoLeavesIsNotThatOfTheNextOneInItsPlace) {
  Thinking thinking("fixed:10", 1, 0, 3, Thinking::At::arrival);
  thinking.resume(0);
  thinking.arrive(1, 50);
  thinking.begin(1, 0);
  thinking.arrive(2, 51);
  thinking.begin(2, 3000);
  thinking.leave(1);
  thinking.leave(0);
  EXPECT_FALSE(thinking.thinks(1));
  EXPECT_EQ(thinking.next_ns(), 13'000U);
  thinking.arrive(1, 52);
  thinking.begin(1, 5000);
  EXPECT_EQ(thinking.pop(), 2U);
  EXPECT_EQ(thinking.next_ns(), 15'000U);
  EXPECT_EQ(thinking.pop(), 1U);
  EXPECT_EQ(thinking.next_ns(), Thinking::kNever);
}

TEST(Thinking, LetsUsersAskAtTheirNumberOverTheirThinkTime) {
  Thinking thinking("exponential:20000", 3, 0, 100);
  thinking.resume(0);
  // N / Z: 100 users, 20 ms, 20,000 requests; the sum of so many draws is within five deviations of its mean.
  const auto asked = requests(thinking, 0, 20'000);
  EXPECT_NEAR(static_cast<double>(asked.back().first), 4e9, 5 * 4e9 / 141);
  // From the beginning on: nobody waits for the others.
  EXPECT_NEAR(static_cast<double>(asked[500].first), 100e6, 5 * 100e6 / 22);
}

TEST(Thinking, OfAUserIsTheSameHoweverTheUsersAreShared) {
  Thinking all("exponential:1000", 9, 0, 4);
  Thinking last("exponential:1000", 9, 3, 1);
  all.resume(0);
  last.resume(0);
  std::vector<std::uint64_t> of_all, alone;
  for (const auto& [when, who] : requests(all, 0, 400)) {
    if (who == 3) of_all.push_back(when);
  }
  for (const auto& [when, who] : requests(last, 3, of_all.size())) alone.push_back(when);
  EXPECT_GT(of_all.size(), 10U);
  EXPECT_EQ(of_all, alone);
}

TEST(Thinking, StandsStillWhileTheLoadDoes) {
  Thinking whole("exponential:1000", 9, 0, 4), broken("exponential:1000", 9, 0, 4);
  whole.resume(0);
  broken.resume(0);
  requests(whole, 0, 10);
  requests(broken, 0, 10);
  const std::uint64_t next = whole.next_ns();
  // A reply of the drain begins a thought that lasts from the end of the window on.
  const std::uint64_t end = next - 1;
  const std::uint32_t user = broken.pop();
  EXPECT_FALSE(broken.thinks(user));
  broken.suspend(end);
  EXPECT_EQ(broken.next_ns(), Thinking::kNever);
  broken.begin(user, end + 70 * kMillisecond);
  EXPECT_TRUE(broken.thinks(user));
  EXPECT_EQ(broken.next_ns(), Thinking::kNever);
  broken.resume(end + 100 * kMillisecond);

  EXPECT_EQ(whole.pop(), user);
  whole.begin(user, end);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(broken.next_ns(), whole.next_ns() + 100 * kMillisecond);
    const std::uint64_t now = whole.next_ns();
    const std::uint32_t who = whole.pop();
    ASSERT_EQ(broken.pop(), who);
    whole.begin(who, now);
    broken.begin(who, now + 100 * kMillisecond);
  }
}

TEST(Thinking, BeginsOnceForAReply) {
  Thinking thinking("fixed:1000", 1, 0, 1);
  thinking.resume(0);
  thinking.pop();
  thinking.begin(0, 5 * kMillisecond);
  thinking.begin(0, 9 * kMillisecond);
  EXPECT_EQ(thinking.next_ns(), 6 * kMillisecond);
  thinking.pop();
  EXPECT_EQ(thinking.next_ns(), Thinking::kNever);
}

TEST(Thinking, RefusesWhatIsNoTime) {
  for (const char* text : {"1s", "fixed:", "fixed:600000001", "exponential:-1", "lognormal:5"}) {
    EXPECT_THROW(parse_think_time(text), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace bakeoff::load
