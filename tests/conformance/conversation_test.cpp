// One connection and its whole conversation: whatever the pieces in which it arrives, the replies are those of the
// session alone.
#include <gtest/gtest.h>

#include <optional>

#include "tests/conformance/oracle.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

class Conversation : public testing::TestWithParam<Pairing> {
 protected:
  const workloads::WorkloadEntry& workload() const { return *GetParam().workload; }

  /// Sends the pieces one by one on a connection of its own, ends the input and compares with the oracle.
  void converse_in(const std::vector<std::string_view>& pieces, std::string_view whole) {
    const Expected expected = expected_answer(workload(), whole);
    RunningSubject subject(GetParam().serving(2));
    Connection connection(subject.port());
    for (const auto piece : pieces) ASSERT_TRUE(connection.send(piece)) << "the server closed early";
    connection.shutdown_write();
    const std::string replies = connection.receive_until_end();
    ASSERT_EQ(replies.size(), expected.replies.size());
    EXPECT_TRUE(mask_dates(replies) == mask_dates(expected.replies)) << "the bytes of the replies differ";
    const Receipt receipt = subject.stop();
    EXPECT_EQ(receipt.requests, expected.requests);
    EXPECT_EQ(receipt.bytes_received, whole.size());
    EXPECT_EQ(receipt.bytes_sent, expected.replies.size());
    EXPECT_EQ(receipt.connections, 1U);
  }
};

TEST_P(Conversation, PassesTheWorkloadsOwnVerifier) {
  RunningSubject subject(GetParam().serving(2));
  const auto verifier = workload().make_verifier({});
  auto connection = Connection(subject.port());
  std::uint64_t sent = 0;
  for (std::string request; verifier->next_request(request); request.clear()) {
    ++sent;
    ASSERT_TRUE(connection.send(request)) << "closed before the request: " << request;
    workloads::Consumed all;
    while (all.completed == 0 && all.refusal.empty()) {
      const std::string bytes = connection.receive_some();
      ASSERT_FALSE(bytes.empty()) << "no reply to: " << request;
      const workloads::Consumed consumed = verifier->consume(bytes);
      all.completed += consumed.completed;
      all.wrong += consumed.wrong;
      if (all.refusal.empty()) all.refusal = consumed.refusal;
      all.closing |= consumed.closing;
    }
    ASSERT_EQ(all.completed, 1U);
    ASSERT_FALSE(all.wrong != 0 || !all.refusal.empty()) << verifier->complaint();
    if (all.closing) {
      EXPECT_EQ(connection.receive_until_end(), "") << "more came after the last reply";
      EXPECT_FALSE(connection.was_reset()) << "the server reset the connection instead of closing it";
      connection = Connection(subject.port());
    }
  }
  EXPECT_GT(sent, 0U);
  EXPECT_EQ(subject.stop().requests, sent);
}

TEST_P(Conversation, AScriptSentWholeGetsTheSessionsOwnAnswer) {
  const std::string script = script_for(workload());
  converse_in({script}, script);
}

TEST_P(Conversation, AScriptSentByteByByteGetsTheSessionsOwnAnswer) {
  const std::string script = script_for(workload());
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < script.size(); ++i) bytes.push_back(std::string_view(script).substr(i, 1));
  converse_in(bytes, script);
}

TEST_P(Conversation, AScriptSentInRandomPiecesGetsTheSessionsOwnAnswer) {
  const std::string script = script_for(workload());
  converse_in(random_pieces(script, 1, 9), script);
  converse_in(random_pieces(script, 2, 300), script);
  converse_in(random_pieces(script, 3, 40'000), script);
}

TEST_P(Conversation, AHalfCloseAfterTheRequestsStillBringsEveryReply) {
  RunningSubject subject(GetParam().serving(20));
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::string requests;
    for (std::uint64_t i = 0; i < 1 + seed * 5; ++i) requests += plain_request(workload(), seed * 1000 + i);
    Connection connection(subject.port());
    ASSERT_TRUE(connection.send(requests));
    connection.shutdown_write();
    EXPECT_EQ(mask_dates(connection.receive_until_end()), mask_dates(expected_answer(workload(), requests).replies));
    EXPECT_FALSE(connection.was_reset());
  }
  subject.stop();
}

TEST_P(Conversation, AHalfCloseInMidRequestEndsThatConnectionAfterTheWholeOnes) {
  RunningSubject subject(GetParam().serving(3));
  std::optional<CheckingClient> bystander;  // Would keep everybody else from being served where that is one at a time.
  if (!GetParam().model.one_at_a_time()) bystander.emplace(workload(), subject.port(), 1);
  if (bystander) bystander->rounds(1);
  const std::string whole = plain_request(workload(), 5);
  for (const std::size_t kept : {std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
    Connection connection(subject.port());
    ASSERT_TRUE(connection.send(whole + whole.substr(0, kept)));
    connection.shutdown_write();
    // What is answered to the torn request is the protocol's matter: nothing, or its error.
    const std::string replies = mask_dates(connection.receive_until_end());
    const std::string first = mask_dates(expected_answer(workload(), whole).replies);
    EXPECT_EQ(replies.substr(0, first.size()), first);
  }
  if (bystander) bystander->rounds(3);
  subject.stop();
}

TEST_P(Conversation, TenThousandRequestsInOnePipelineAreAnsweredInOrderToALateReader) {
  constexpr std::uint64_t kRequests = 10'000;
  std::string requests;
  for (std::uint64_t k = 0; k < kRequests; ++k) requests += plain_request(workload(), k);
  const Expected expected = expected_answer(workload(), requests);

  RunningSubject subject(GetParam().serving(2));
  constexpr int kSmallBuffer = 16 * 1024;
  Connection connection(subject.port(), kSmallBuffer);
  const std::size_t blind = connection.send_blindly(requests, std::chrono::milliseconds{200});
  ASSERT_TRUE(connection.send(std::string_view(requests).substr(blind)));
  connection.shutdown_write();
  const std::string replies = connection.receive_until_end();
  ASSERT_EQ(replies.size(), expected.replies.size());
  EXPECT_TRUE(mask_dates(replies) == mask_dates(expected.replies)) << "replies are out of order or damaged";
  EXPECT_EQ(subject.stop().requests, kRequests);
}

INSTANTIATE_TEST_SUITE_P(Every, Conversation, testing::ValuesIn(pairings_one_at_a_time()),
                         pairing_name<testing::TestParamInfo<Pairing>>);

TEST(Catalogue, OfTheSubjectNamesTheWorkloadsAndJobsOfTheClientSide) {
  std::vector<std::string> expected;
  for (const auto& workload : workloads::workload_entries()) expected.emplace_back(workload.name);
  EXPECT_EQ(described_workloads(), expected);
  expected.clear();
  for (const auto& job : workloads::job_entries()) expected.emplace_back(job.name);
  EXPECT_EQ(described_jobs(), expected);
  EXPECT_FALSE(described_models().empty());
  EXPECT_FALSE(described_executors().empty());
}

}  // namespace
}  // namespace bakeoff::conformance
