// The requests that tell models apart: waits, mixtures of light and heavy, keys under load. Each is asked of the real
// server side, and of one that lies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "workloads/catalogue.h"

namespace bakeoff::workloads {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct FixedDate : ServiceEnvironment {
  std::string_view http_date() const override { return "Sun, 06 Nov 1994 08:49:37 GMT"; }
};

std::string asked(std::string_view workload, const ClientSettings& settings, int requests) {
  const auto client = find_workload(workload)->make_client(settings);
  std::string all;
  for (int i = 0; i < requests; ++i) client->next_request(all);
  return all;
}

/// What the server answers, waits and works taken as they come.
std::string answered(ServerSession& server, std::string_view requests) {
  std::string replies;
  Step step = server.feed(requests, replies);
  while (step.want != Step::Want::input && step.want != Step::Want::close) {
    const std::string result = step.want == Step::Want::compute ? std::to_string(run(step.work)) : "";
    step = server.resume(result, replies);
  }
  return replies;
}

Consumed heard(
    std::string_view workload, const ClientSettings& settings, int requests,
    const std::function<void(std::string&)>& spoil = [](std::string&) {}) {
  const FixedDate date;
  const auto service = find_workload(workload)->make_service({.store = StoreKind::unshared, .environment = &date});
  const auto server = service->connect();
  const auto client = find_workload(workload)->make_client(settings);
  Consumed all;
  for (int i = 0; i < requests; ++i) {
    std::string request;
    client->next_request(request);
    std::string reply = answered(*server, request);
    if (i == requests - 1) spoil(reply);
    const Consumed one = client->consume(reply);
    all.completed += one.completed;
    all.wrong += one.wrong;
    all.error_replies += one.error_replies;
    if (all.refusal.empty()) all.refusal = one.refusal;
  }
  return all;
}

const char* const kRequests[][2] = {{"http", "/wait/{exponential:2000}"},
                                    {"http", "/wait/{lognormal:1000,1}"},
                                    {"http", "/wait/{fixed:5}"},
                                    {"http", "/{mixed:0.2,1000}"},
                                    {"http", "/{mix: 1 hello, 2 id, 1 wait fixed:3, 0.5 work 100}"},
                                    {"http", "/work/1000"},
                                    {"http", "/wait/7"},
                                    {"counter", "kv/50,0.5,0.99"}};

TEST(Requests, AreAnsweredRightByTheServerAndCheckedWhole) {
  for (const auto& [workload, request] : kRequests) {
    const Consumed all = heard(workload, {.request = request}, 500);
    EXPECT_EQ(all.completed, 500U) << request;
    EXPECT_EQ(all.wrong + all.error_replies, 0U) << request;
  }
}

TEST(Requests, AreTheSameSequenceForASeedAndAConnectionAndForNoOther) {
  for (const auto& [workload, request] : kRequests) {
    const ClientSettings settings{.seed = 5, .connection = 3, .request = request};
    EXPECT_EQ(asked(workload, settings, 200), asked(workload, settings, 200)) << request;
    const bool drawn = std::string_view(request).find_first_of("{,") != std::string_view::npos &&
                       std::string_view(request) != "/wait/{fixed:5}";
    const ClientSettings other{.seed = 5, .connection = 4, .request = request};
    EXPECT_EQ(asked(workload, settings, 200) != asked(workload, other, 200), drawn) << request;
  }
}

TEST(Requests, HaveOneWrongDigitOfAnAnswerNoticed) {
  for (const auto& [workload, request] : kRequests) {
    if (std::string_view(workload) != "http") continue;
    const Consumed all = heard(workload, {.request = request}, 20,
                               [](std::string& reply) { reply.back() = reply.back() == '1' ? '2' : '1'; });
    EXPECT_EQ(all.wrong, 1U) << request;
  }
}

TEST(Requests, OfKeysNoticeAnotherKeysValueAndAReplyThatIsNone) {
  // Reads only, of one key that nobody has written.
  const auto spoilt = [](const char* text) {
    return heard("counter", {.request = "kv/1,1,0"}, 3, [text](std::string& reply) { reply = text; });
  };
  EXPECT_EQ(spoilt("$-1\r\n").wrong, 0U);
  EXPECT_EQ(spoilt("$18\r\n1:abcdefghijklmnop\r\n").wrong, 0U);
  EXPECT_EQ(spoilt("$18\r\n2:abcdefghijklmnop\r\n").wrong, 1U);
  EXPECT_EQ(spoilt("$18\r\n1:abcdefghijklmnoz\r\n").wrong, 1U);
  EXPECT_EQ(spoilt("+OK\r\n").wrong, 1U);
}

TEST(Requests, OfAMixtureSayWhichAreHeavy) {
  const auto client = find_workload("http")->make_client({.request = "/{mixed:0.1,1000}"});
  EXPECT_THAT(client->classes(), ElementsAre("heavy", "light"));
  int heavy = 0;
  for (int i = 0; i < 10'000; ++i) {
    std::string request;
    client->next_request(request);
    const bool works = request.starts_with("GET /work/1000 ");
    EXPECT_TRUE(works || request.starts_with("GET /id/"));
    EXPECT_EQ(client->last_class(), works ? 0U : 1U);
    heavy += works ? 1 : 0;
  }
  EXPECT_NEAR(heavy, 1000, 120);
  EXPECT_THAT(find_workload("http")->make_client({.request = "/id/{k}"})->classes(), IsEmpty());
}

TEST(Requests, OfAMixAreOfEachKindAsOftenAsItsWeightSays) {
  const auto client = find_workload("http")->make_client(
      {.request = "/{mix: 7 wait exponential:50, 0.5 work 1000, 2 id, 0.5 wait fixed:3}"});
  EXPECT_THAT(client->classes(), ElementsAre("/wait", "/work", "/id", "/wait 2"));
  const std::vector<std::string> begins{"GET /wait/", "GET /work/1000 ", "GET /id/", "GET /wait/3 "};
  std::vector<int> made(begins.size());
  for (int i = 0; i < 10'000; ++i) {
    std::string request;
    client->next_request(request);
    ASSERT_LT(client->last_class(), begins.size());
    EXPECT_TRUE(request.starts_with(begins[client->last_class()])) << request;
    ++made[client->last_class()];
  }
  EXPECT_NEAR(made[0], 7000, 150);
  EXPECT_NEAR(made[1], 500, 75);
  EXPECT_NEAR(made[2], 2000, 130);
  EXPECT_NEAR(made[3], 500, 75);
}

TEST(Requests, ThatAreNoneAreRefusedInOneLine) {
  const auto refusal = [](std::string_view workload, const char* request) -> std::string {
    try {
      find_workload(workload)->make_client({.request = request});
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal("http", "/{mixed:1.5,10}"),
            "http: the share of the requests that compute is from 0 to 1, found \"1.5\"");
  EXPECT_EQ(refusal("http", "/{mixed:0.5}"),
            "http: the rounds behind the share are a whole number up to 1000000000, found \"nothing\"");
  EXPECT_EQ(refusal("http", "/{mixed:0.5,10"), "http: found no } at the end of \"/{mixed:0.5,10\", expected one");
  const std::string kv = "counter: kv/KEYS,READS,ZIPF: ";
  EXPECT_EQ(refusal("counter", "kv/0,0.5,1"), kv + "the keys are a whole number from 1 to 1000000, found \"0\"");
  EXPECT_EQ(refusal("counter", "kv/10,1.5,1"), kv + "the share of reads is from 0 to 1, found \"1.5\"");
  EXPECT_EQ(refusal("counter", "kv/10,0.5"), kv + "the exponent of Zipf's law is from 0 to 10, found \"nothing\"");
  EXPECT_EQ(refusal("counter", "kv/10,0.5,1,9"), kv + "three numbers are expected, found \"9\"");
}

}  // namespace
}  // namespace bakeoff::workloads
