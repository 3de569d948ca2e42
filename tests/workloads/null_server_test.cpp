// The null server: right answers to the one request that it knows, and nothing looked at.
#include "workloads/null_server.h"

#include <gtest/gtest.h>

#include "tests/workloads/conversation.h"

namespace bakeoff::workloads {
namespace {

std::unique_ptr<Service> null_server(std::string_view workload) {
  return make_service(workload, StoreKind::unshared, 64, 4 * 1024 * 1024, {.null = true});
}

TEST(NullServer, SatisfiesTheClientOfItsRequestOnEveryWorkload) {
  for (const auto& [workload, request] :
       {std::pair{"echo", ""}, std::pair{"http", "/"}, std::pair{"counter", "ping"}}) {
    const auto service = null_server(workload);
    const auto client = find_workload(workload)->make_client({.request = request});
    {
      Conversation server(*service);
      const Heard heard = talk(*client, server, 10'000, 1000);
      EXPECT_EQ(heard.completed, 10'000U) << workload << client->complaint();
      EXPECT_EQ(heard.wrong, 0U) << workload;
      EXPECT_EQ(heard.error_replies, 0U) << workload;
    }
    EXPECT_EQ(service->receipt().requests, 10'000U);  // What it asked the real service is not among them.
  }
}

TEST(NullServer, AnswersThatManyBytesWhateverTheyAreAndHoweverTheyAreCut) {
  const auto service = null_server("counter");
  Conversation server(*service);
  EXPECT_EQ(server.say_byte_by_byte("*1\r\n$4\r\nQUIT\r\nfourteen bytes"), "+PONG\r\n+PONG\r\n");
  EXPECT_FALSE(server.closed());
}

TEST(NullServer, HandsOverALongPipelineInBoundedPieces) {
  const auto service = null_server("http");
  Conversation server(*service);
  const auto client = find_workload("http")->make_client({});
  std::string pipeline;
  for (int i = 0; i < 10'000; ++i) client->next_request(pipeline);
  EXPECT_EQ(client->consume(server.say(pipeline)).completed, 10'000U);
  EXPECT_LE(server.longest_handover(), kReplyCap + 256);
}

TEST(NullServer, CanBeWrongAndStallLikeAnyOther) {
  const auto service = make_service("http", StoreKind::unshared, 64, 0, {.wrong_every = 10, .null = true});
  Conversation server(*service);
  const auto client = find_workload("http")->make_client({});
  EXPECT_EQ(talk(*client, server, 100).wrong, 10U);
}

}  // namespace
}  // namespace bakeoff::workloads
