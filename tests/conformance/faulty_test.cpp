// What is wrong on purpose is so under every model: its requests are counted over all units, threads or processes.
#include <gtest/gtest.h>

#include "tests/conformance/connection.h"
#include "tests/conformance/subject.h"

namespace bakeoff {
namespace {

class Faulty : public testing::TestWithParam<Pairing> {};

TEST_P(Faulty, EveryTenthAnswerOfAllConnectionsTogetherIsWrong) {
  constexpr std::size_t kConnections = 3;
  Serving serving = GetParam().serving(kConnections);
  serving.more = {"--fault-wrong-every", "10", "--fault-stall-at", "7", "--fault-stall-ms", "1"};
  Subject subject(serving);
  std::vector<Connection> connections;
  std::vector<std::unique_ptr<ClientSession>> clients;
  for (std::size_t i = 0; i < kConnections; ++i) {
    connections.emplace_back(subject.port());
    clients.push_back(GetParam().workload->make_client({.connection = i}));
  }
  Consumed heard;
  for (int round = 0; round < 40; ++round) {
    for (std::size_t i = 0; i < kConnections; ++i) {
      std::string request;
      clients[i]->next_request(request);
      ASSERT_TRUE(connections[i].send(request));
      for (std::uint32_t completed = 0; completed == 0;) {
        const std::string bytes = connections[i].receive_some();
        ASSERT_NE(bytes, "");
        const Consumed consumed = clients[i]->consume(bytes);
        completed = consumed.completed;
        heard.wrong += consumed.wrong;
        ASSERT_FALSE(consumed.broken) << clients[i]->complaint();
      }
    }
  }
  EXPECT_EQ(heard.wrong, 12U);
  connections.clear();
  EXPECT_EQ(subject.stop().requests, 120U);
}

INSTANTIATE_TEST_SUITE_P(Every, Faulty, testing::ValuesIn(pairings()), pairing_name<testing::TestParamInfo<Pairing>>);

}  // namespace
}  // namespace bakeoff
