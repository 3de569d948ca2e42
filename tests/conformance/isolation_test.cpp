// A bad peer ends itself and nothing else: resets, rubbish, oversize requests and readers that do not read.
#include <gtest/gtest.h>

#include "tests/conformance/oracle.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

/// Requests that are wrong in one known way each. The oracle says what becomes of them.
std::vector<std::string> wrong_requests(std::string_view workload) {
  using namespace std::string_literals;
  if (workload == "http") {
    return {
        "GET / HTTP/9.9\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n",
        "G\x01T / HTTP/1.1\r\n\r\n",
        "GET /\0 HTTP/1.1\r\n\r\n"s,
        "GET / HTTP/1.1\nHost: x\n\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\n folded: x\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 9999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"s,
    };
  }
  if (workload == "counter") {
    return {
        "*1\r\n:5\r\n",
        "*2\r\n$4\r\nPING\r\n$-1\r\n",
        "*2\r\n$4\r\nECHO\r\n$9999999999999\r\n",
        "*2\r\n$4\r\nECHO\r\n$x\r\n",
        "*99999999999\r\n",
        "*x\r\n",
        "*-5\r\nPING\r\n",
        "*0\r\nPING\r\n",
        "*1\r\n$4\r\nPINGxx",
        "SET \"unbalanced\r\n",
        "SET 'a'b c\r\n",
        "\0\0\0\r\n"s,
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "*1\r\n$0\r\n\r\n",
        std::string(70'000, 'i') + "\r\n",  // longer than a line may be, but complete
        "*1\r\n$" + std::string(70'000, '1') + "\r\n",
        "*" + std::string(70'000, '1') + "\r\n",
    };
  }
  return {};
}

class Isolation : public testing::TestWithParam<Pairing> {
 protected:
  const workloads::WorkloadEntry& workload() const { return *GetParam().workload; }

  /// Sends bytes that are wrong or do not follow the protocol, and expects the session's own answer and ending.
  void expect_own_ending(const RunningSubject& subject, const std::string& bytes) {
    const Expected expected = expected_answer(workload(), bytes);
    Connection connection(subject.port());
    ASSERT_TRUE(connection.send(bytes));
    // A session that wants to close must have the model close by itself.
    if (!expected.closes) connection.shutdown_write();
    const std::string replies = mask_dates(connection.receive_until_end());
    EXPECT_TRUE(replies == mask_dates(expected.replies))
        << "asked    " << testing::PrintToString(bytes.substr(0, 200)) << "\nexpected "
        << testing::PrintToString(expected.replies.substr(0, 400)) << "\ngot      "
        << testing::PrintToString(replies.substr(0, 400));
    EXPECT_FALSE(connection.was_reset());
  }
};

TEST_P(Isolation, AResetInMidRequestLeavesTheOthersTheirService) {
  RunningSubject subject(GetParam().serving(8));
  CheckingClient before(workload(), subject.port(), 1);
  before.rounds(1);
  const std::string request = plain_request(workload(), 9);
  for (int i = 0; i < 50; ++i) {
    Connection connection(subject.port());
    connection.send(request.substr(0, 1 + static_cast<std::size_t>(i) % (request.size() - 1)));
    connection.reset();
  }
  before.rounds(5);
  CheckingClient after(workload(), subject.port(), 2);
  after.rounds(5);
  subject.stop();
}

TEST_P(Isolation, AResetInMidReplyLeavesTheOthersTheirService) {
  RunningSubject subject(GetParam().serving(8));
  CheckingClient before(workload(), subject.port(), 1);
  before.rounds(1);
  std::string requests;
  for (std::uint64_t i = 0; i < 20'000; ++i) requests += plain_request(workload(), i);
  for (int i = 0; i < 10; ++i) {
    Connection connection(subject.port(), 4096);
    connection.send_blindly(requests, std::chrono::milliseconds{20});
    if (i % 2 == 0) connection.receive(10);
    connection.reset();
    before.rounds(1);
  }
  CheckingClient after(workload(), subject.port(), 2);
  after.rounds(5);
  subject.stop();
}

TEST_P(Isolation, AConnectionThatSaysNothingAndResetsIsForgotten) {
  RunningSubject subject(GetParam().serving(4));
  for (int i = 0; i < 200; ++i) {
    Connection connection(subject.port());
    if (i % 2 == 0) connection.reset();
  }
  CheckingClient after(workload(), subject.port(), 1);
  after.rounds(5);
  subject.stop();
}

TEST_P(Isolation, AReaderWhoDoesNotReadStopsNobodyElseAndIsHeldBack) {
  const std::string request = plain_request(workload(), 7);
  const std::size_t reply = expected_answer(workload(), request).replies.size();
  constexpr std::size_t kAtMost = std::size_t{64} << 20;
  std::string chunk;
  while (chunk.size() < (std::size_t{1} << 20)) chunk += request;

  RunningSubject subject(GetParam().serving(4));
  CheckingClient before(workload(), subject.port(), 1);
  before.rounds(1);
  Connection non_reader(subject.port(), 4096);
  std::size_t sent = 0;
  for (bool taken = true; taken && sent < kAtMost;) {
    const std::size_t now = non_reader.send_blindly(chunk, std::chrono::milliseconds{300});
    sent += now;
    taken = now == chunk.size();
  }
  EXPECT_LT(sent, kAtMost) << "the server goes on reading although its replies are not read: its memory has no bound";
  before.rounds(20);
  CheckingClient after(workload(), subject.port(), 2);
  after.rounds(20);

  // When it reads at last, nothing was lost.
  const std::size_t rest = (request.size() - sent % request.size()) % request.size();
  ASSERT_TRUE(non_reader.send(request.substr(request.size() - rest)));
  non_reader.shutdown_write();
  EXPECT_EQ(non_reader.receive_until_end().size(), (sent + rest) / request.size() * reply);
  subject.stop();
}

TEST_P(Isolation, RubbishEndsItsOwnConnectionAndNoOther) {
  RunningSubject subject(GetParam().serving(3));
  CheckingClient bystander(workload(), subject.port(), 1);
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    expect_own_ending(subject, random_bytes(seed, 64 + seed * 50));
    if (HasFatalFailure()) return;
    bystander.rounds(1);
  }
  subject.stop();
}

TEST_P(Isolation, AWrongRequestGetsTheProtocolsErrorAndHurtsNobodyElse) {
  RunningSubject subject(GetParam().serving(3));
  CheckingClient bystander(workload(), subject.port(), 1);
  for (const auto& request : wrong_requests(workload().name)) {
    expect_own_ending(subject, request);
    expect_own_ending(subject, plain_request(workload(), 1) + request);  // the reply to the right one comes first
    if (HasFatalFailure()) return;
    bystander.rounds(1);
  }
  subject.stop();
}

TEST_P(Isolation, ARequestWithoutEndIsCutOffAndHurtsNobodyElse) {
  std::vector<std::string> beginnings;
  if (workload().name == "http") {
    beginnings = {"", "GET /", "GET / HTTP/1.1\r\nX: ", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;ext="};
  } else if (workload().name == "counter") {
    beginnings = {"", "SET key "};
  }
  RunningSubject subject(GetParam().serving(3));
  CheckingClient bystander(workload(), subject.port(), 1);
  const std::string filling(std::size_t{64} << 10, 'a');
  for (const auto& beginning : beginnings) {
    SCOPED_TRACE(beginning);
    Connection endless(subject.port());
    ASSERT_TRUE(endless.send(beginning));
    for (int i = 0; i < 160 && endless.send(filling); ++i) bystander.rounds(i % 16 == 0 ? 1 : 0);
    // The server closes although the client has not ended its input; the reply may be lost to the reset that follows.
    endless.receive_until_end();
    bystander.rounds(1);
  }
  subject.stop();
}

INSTANTIATE_TEST_SUITE_P(Every, Isolation, testing::ValuesIn(pairings()),
                         pairing_name<testing::TestParamInfo<Pairing>>);

}  // namespace
}  // namespace bakeoff::conformance
