// Every model with every workload over a Unix socket: the same replies, the same accounts, and no file left.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/conformance/oracle.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

class UnixSocket : public testing::TestWithParam<Pairing> {};

TEST_P(UnixSocket, CarriesTheSameConversationAndItsFileGoesWithTheServer) {
  const workloads::WorkloadEntry& workload = *GetParam().workload;
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "socket";
  ServeArguments serving = GetParam().serving(2);
  serving.unix_socket = path;
  RunningSubject subject(serving);

  const std::string script = script_for(workload);
  const Expected expected = expected_answer(workload, script);
  for (const auto& pieces : {std::vector<std::string_view>{script}, random_pieces(script, 1, 300)}) {
    Connection connection(path);
    for (const auto piece : pieces) ASSERT_TRUE(connection.send(piece)) << "the server closed early";
    connection.shutdown_write();
    const std::string replies = connection.receive_until_end();
    ASSERT_EQ(replies.size(), expected.replies.size());
    EXPECT_TRUE(mask_dates(replies) == mask_dates(expected.replies)) << "the bytes of the replies differ";
  }
  const Receipt receipt = subject.stop();
  EXPECT_EQ(receipt.requests, 2 * expected.requests);
  EXPECT_EQ(receipt.bytes_received, 2 * script.size());
  EXPECT_EQ(receipt.connections, 2U);
  EXPECT_FALSE(std::filesystem::exists(path));
}

/// With listen=reuseport each loop has a listener of its own, and a Unix socket has one only.
std::vector<Pairing> pairings_of_one_listener() {
  auto found = pairings_one_at_a_time();
  std::erase_if(found, [](const Pairing& pairing) {
    return std::ranges::find(pairing.settings, "listen=reuseport") != pairing.settings.end();
  });
  return found;
}

INSTANTIATE_TEST_SUITE_P(Every, UnixSocket, testing::ValuesIn(pairings_of_one_listener()),
                         pairing_name<testing::TestParamInfo<Pairing>>);

TEST(UnixSocketOfLoops, ThatListenEachForItselfIsRefusedInOneLine) {
  const Finished refused =
      run_subject({"serve", "event-loops", "echo", "--set", "listen=reuseport", "--unix-socket", "/tmp/never-made"});
  EXPECT_EQ(refused.ended.status, 2);
  ASSERT_EQ(refused.errors.size(), 1U);
  EXPECT_EQ(refused.errors[0],
            "bakeoff-subject: --unix-socket: found it beside listen=reuseport, expected shared or dealt");
}

}  // namespace
}  // namespace bakeoff::conformance
