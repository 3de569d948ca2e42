// The counter workload against a real redis-server: reply by reply the same bytes, right and wrong requests alike.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "tests/conformance/connection.h"
#include "tests/conformance/oracle.h"
#include "tests/conformance/redis_table.h"
#include "tests/conformance/servers.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

/// A server that says nothing for this long waits for the rest of a request.
constexpr std::chrono::milliseconds kSilence{3000};

/// What one side answers to a conversation on a connection of its own: everything up to an agreed last reply, or up to
/// the end when the server closes.
std::string answer_of(std::uint16_t port, const std::string& requests) {
  Connection connection(port);
  connection.send(requests + resp({"ECHO", "the-last-one"}));
  std::string replies;
  while (!replies.ends_with("the-last-one\r\n")) {
    if (!connection.readable(kSilence)) return replies + "(silence)";
    const std::string more = connection.receive_some();
    if (more.empty()) return replies + "(closed)";
    replies += more;
  }
  return replies;
}

std::string printable(const std::string& text) {
  return testing::PrintToString(text.size() > 400 ? text.substr(0, 400) + "..." : text);
}

class RedisComparison : public testing::TestWithParam<Pairing> {
 protected:
  void SetUp() override {
    const std::string program = redis_program();
    if (program.empty()) GTEST_SKIP() << "no redis-server on PATH (Debian: redis-server)";
    redis_ = std::make_unique<Redis>(program);
    subject_ = std::make_unique<RunningSubject>(GetParam().serving(3));
  }

  /// Holds the conversation on both sides, on a store that `preparation` has filled.
  struct Answers {
    std::string ours, theirs;
  };
  Answers answers(const std::string& requests, const std::string& preparation) {
    for (const auto port : {redis_->port(), subject_->port()}) answer_of(port, preparation);
    return {answer_of(subject_->port(), requests), answer_of(redis_->port(), requests)};
  }

  void compare(const std::string& requests, const std::string& preparation) {
    const auto& wanted = known_differences();
    if (std::any_of(wanted.begin(), wanted.end(), [&](const auto& each) { return each.request == requests; })) return;
    const auto [ours, theirs] = answers(requests, preparation);
    const auto difference = std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end());
    EXPECT_TRUE(ours == theirs) << "asked  " << printable(requests) << "\nours   "
                                << printable(std::string(difference.first, ours.end())) << "\nRedis  "
                                << printable(std::string(difference.second, theirs.end())) << "\nfrom byte "
                                << difference.first - ours.begin();
  }

  std::unique_ptr<Redis> redis_;
  std::unique_ptr<RunningSubject> subject_;
};

TEST_P(RedisComparison, EveryCommandWithRightAndWrongArgumentsIsAnsweredAlike) {
  for (const auto& request : command_table()) compare(request, prepare_store());
  subject_->stop();
}

TEST_P(RedisComparison, InlineCommandsQuotesAndProtocolErrorsAreAnsweredAlike) {
  for (const auto& request : protocol_table()) compare(request, prepare_store());
  subject_->stop();
}

TEST_P(RedisComparison, LongRandomConversationsAreAnsweredAlike) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    compare(random_commands(seed, 2000), resp({"FLUSHALL"}));
  }
  subject_->stop();
}

/// What is known to differ does not depend on the model.
class RedisDifferences : public RedisComparison {};

TEST_P(RedisDifferences, AreTheDeliberateOnesAndStillThere) {
  for (const auto& each : known_differences()) {
    const auto [ours, theirs] = answers(each.request, prepare_store());
    EXPECT_NE(ours, theirs) << printable(each.request)
                            << " is answered alike now, so it belongs into the tables: " << each.reason;
    EXPECT_NE(ours.find("(silence)"), 0U) << printable(each.request);
  }
  subject_->stop();
}

INSTANTIATE_TEST_SUITE_P(Every, RedisComparison, testing::ValuesIn(pairings("counter")),
                         pairing_name<testing::TestParamInfo<Pairing>>);
INSTANTIATE_TEST_SUITE_P(First, RedisDifferences, testing::Values(pairings("counter").front()),
                         pairing_name<testing::TestParamInfo<Pairing>>);

}  // namespace
}  // namespace bakeoff::conformance
