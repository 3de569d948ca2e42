// What probes of switches and messages have in common: batches, numbered messages, and that they complain.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "models/probes/messages.h"
#include "models/probes/ping_pong.h"

namespace bakeoff::models {
namespace {

TEST(Batches, AreAllCountedAndThereAreThreeAtLeast) {
  std::vector<std::uint64_t> batches;
  const auto step = [&](std::uint64_t count) { batches.push_back(count); };
  const probes::Sampled sampled = probes::sample_batches(step, 7, std::chrono::nanoseconds(0));
  EXPECT_EQ(batches, (std::vector<std::uint64_t>{7, 7, 7}));
  EXPECT_EQ(sampled.steps, 21U);
  EXPECT_GE(sampled.median_ns, 0);
}

class NumberedMessage : public testing::TestWithParam<std::size_t> {};

TEST_P(NumberedMessage, IsKnownByItsNumberAndByNoOther) {
  constexpr std::uint64_t kNumber = 77;
  std::vector<std::byte> message(GetParam());
  probes::number_message(message, kNumber);
  EXPECT_TRUE(probes::has_number(message, kNumber));
  EXPECT_FALSE(probes::has_number(message, kNumber + 1));
}

TEST_P(NumberedMessage, WithAWrongByteAtEitherEndIsFound) {
  constexpr std::uint64_t kNumber = 77;
  std::vector<std::byte> message(GetParam());
  probes::number_message(message, kNumber);
  message.front() ^= std::byte{1};
  EXPECT_FALSE(probes::has_number(message, kNumber));
  probes::number_message(message, kNumber);
  message.back() ^= std::byte{1};
  // With less than 16 bytes there is no room for a second number: what lies behind the first is not looked at.
  EXPECT_EQ(probes::has_number(message, kNumber), GetParam() > 8 && GetParam() < 16);
}

INSTANTIATE_TEST_SUITE_P(Of, NumberedMessage, testing::Values(1, 7, 8, 9, 15, 16, 64, probes::kMostMessageBytes));

/// Loses the second message: the first is there twice.
class LossyMechanism {
 public:
  void send(probes::Side /*me*/, std::span<const std::byte> message) {
    if (++sent_ != 2) last_.assign(message.begin(), message.end());
  }
  void receive(probes::Side /*me*/, std::span<std::byte> message) { std::ranges::copy(last_, message.begin()); }

 private:
  int sent_ = 0;
  std::vector<std::byte> last_;
};

TEST(MessageExchange, ComplainsOfAMessageThatDidNotArrive) {
  LossyMechanism lossy;
  probes::MessageControl control;
  probes::MessageEndpoint endpoint(lossy, probes::Side::here, control, 8);
  const auto complaint = [&control] {
    probes::ProbeResult result;
    probes::check_messages(result, control);
    return result.complaint;
  };
  endpoint.send_next();
  endpoint.receive_next();
  EXPECT_EQ(complaint(), "");
  endpoint.send_next();
  endpoint.receive_next();
  EXPECT_EQ(complaint(), "1 messages did not arrive as they were sent or in their order");
}

TEST(WorkingSet, HasALineToWriteToInEachCacheLineOrInEachPage) {
  const auto pages = 64 * 1024 / static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  EXPECT_EQ(probes::WorkingSet(64, "lines").lines_per_walk(), 1024U);
  EXPECT_EQ(probes::WorkingSet(64, "pages").lines_per_walk(), pages);
  EXPECT_EQ(probes::WorkingSet(0, "pages").lines_per_walk(), 0U);
}

TEST(WorkingSet, OfTheSecondPartyIsEmptyWhenOnlyTheFirstTouches) {
  workloads::Settings settings(probes::kSwitchSettings);
  settings.set("working-set-kib", "64");
  EXPECT_EQ(probes::WorkingSet(settings, probes::Side::there).lines_per_walk(), 1024U);
  settings.set("touch", "first");
  EXPECT_EQ(probes::WorkingSet(settings, probes::Side::here).lines_per_walk(), 1024U);
  EXPECT_EQ(probes::WorkingSet(settings, probes::Side::there).lines_per_walk(), 0U);
}

TEST(HandOvers, WithoutSwitchesAreComplainedOf) {
  probes::ProbeResult result{.figures = {{"switch_ns", 9}, {"switches_per_handover", 0.98}}};
  probes::check_switches(result);
  EXPECT_EQ(result.complaint, "");
  result.figures[1].value = 0.02;
  probes::check_switches(result);
  EXPECT_NE(result.complaint, "");
}

}  // namespace
}  // namespace bakeoff::models
