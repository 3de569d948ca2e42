// What is wrong on purpose is so under every kind of store: its requests are counted over all units, threads or
// processes. The service is made once, before a model gets it (models/subject/serve.cpp), so that one model of each
// kind stands for the others.
#include <gtest/gtest.h>

#include "tests/conformance/connection.h"
#include "tests/conformance/oracle.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

class Faulty : public testing::TestWithParam<Pairing> {};

TEST_P(Faulty, EveryTenthAnswerOfAllConnectionsTogetherIsWrong) {
  constexpr std::size_t kConnections = 3;
  ServeArguments serving = GetParam().serving(kConnections);
  serving.more = {"--fault-wrong-every", "10", "--fault-stall-at", "7", "--fault-stall-ms", "1"};
  RunningSubject subject(serving);
  std::vector<Connection> connections;
  std::vector<std::unique_ptr<workloads::ClientSession>> clients;
  for (std::size_t i = 0; i < kConnections; ++i) {
    connections.emplace_back(subject.port());
    clients.push_back(GetParam().workload->make_client({.connection = i}));
  }
  workloads::Consumed heard;
  for (int round = 0; round < 40; ++round) {
    for (std::size_t i = 0; i < kConnections; ++i) {
      std::string request;
      clients[i]->next_request(request);
      ASSERT_TRUE(connections[i].send(request));
      for (std::uint32_t completed = 0; completed == 0;) {
        const std::string bytes = connections[i].receive_some();
        ASSERT_NE(bytes, "");
        const workloads::Consumed consumed = clients[i]->consume(bytes);
        completed = consumed.completed;
        heard.wrong += consumed.wrong;
        ASSERT_EQ(consumed.refusal, "") << clients[i]->complaint();
      }
    }
  }
  EXPECT_EQ(heard.wrong, 12U);
  connections.clear();
  EXPECT_EQ(subject.stop().requests, 120U);
}

TEST_P(Faulty, ExtraWorkIsDoneAndEveryAnswerIsRight) {
  ServeArguments serving = GetParam().serving(1);
  serving.more = {"--fault-extra-work", "50"};
  RunningSubject subject(serving);
  Connection connection(subject.port());
  // The second work is long enough to be computed in several pieces.
  const std::string requests = GetParam().workload->name == "http"
                                   ? get("/work/1000") + get("/id/7") + get("/work/3000000")
                                   : plain_request(*GetParam().workload, 1);
  const std::string expected = mask_dates(expected_answer(*GetParam().workload, requests).replies);
  ASSERT_TRUE(connection.send(requests));
  std::string replies;
  while (mask_dates(replies).size() < expected.size()) {
    const std::string bytes = connection.receive_some();
    ASSERT_NE(bytes, "");
    replies += bytes;
  }
  EXPECT_EQ(mask_dates(replies), expected);
  subject.stop();
}

INSTANTIATE_TEST_SUITE_P(EveryStore, Faulty, testing::ValuesIn(pairings_by_store()),
                         pairing_name<testing::TestParamInfo<Pairing>>);

}  // namespace
}  // namespace bakeoff::conformance
