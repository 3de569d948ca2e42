// Calls of a back end in http: the steps that its server asks for, what it makes of their results, and what a load asks
// for and checks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/workloads/conversation.h"
#include "workloads/tallies.h"

namespace bakeoff::workloads {
namespace {

using testing::ElementsAre;

std::string asking_for(const std::string& target, const std::string& more = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + more + "\r\n";
}

std::string result_of_failed(CallOutcome outcome) {
  return std::string(word_of(outcome));
}

class StandingDate final : public ServiceEnvironment {
 public:
  std::string_view http_date() const override { return kDate; }
};

class HttpCalls : public testing::Test {
 protected:
  void expect_call(const Step& step, std::uint64_t first, std::size_t count) {
    EXPECT_EQ(step.want, Step::Want::call);
    EXPECT_EQ(step.calls.first, first);
    EXPECT_EQ(step.calls.count, count);
  }
  /// What the conversation has brought since the last time.
  std::string taken() { return std::exchange(replies_, {}); }
  Step feed(const std::string& bytes) { return session_->feed(bytes, replies_); }
  Step resume(const std::string& result) { return session_->resume(result, replies_); }
  ServiceReceipt receipt() {
    session_.reset();
    return service_->receipt();
  }

  std::unique_ptr<Service> service_ = make_service("http");
  std::unique_ptr<ServerSession> session_ = service_->connect();
  std::string replies_;
};

TEST_F(HttpCalls, OneIsOneStepWhoseAnswerIsTheReply) {
  expect_call(feed(asking_for("/call/7")), 7, 1);
  EXPECT_EQ(taken(), "");
  EXPECT_EQ(resume("=7").want, Step::Want::input);
  EXPECT_EQ(taken(), http_reply("200 OK", "7"));
  EXPECT_EQ(receipt().calls, 1U);
}

TEST_F(HttpCalls, TheAnswerIsWhateverTheBackEndSaid) {
  for (const char* said : {"", "late", "two words", "="}) {
    feed(asking_for("/call/7"));
    EXPECT_EQ(resume("=" + std::string(said)).want, Step::Want::input);
    EXPECT_EQ(taken(), http_reply("200 OK", said));
  }
}

TEST_F(HttpCalls, InSequenceAreAStepEach) {
  expect_call(feed(asking_for("/calls/3/9998")), 9998, 1);
  expect_call(resume("=9998"), 9999, 1);
  expect_call(resume("=9999"), 0, 1);
  EXPECT_EQ(taken(), "");
  EXPECT_EQ(resume("=0").want, Step::Want::input);
  EXPECT_EQ(taken(), http_reply("200 OK", "9998 9999 0"));
  EXPECT_EQ(receipt().calls, 3U);
}

TEST_F(HttpCalls, AtOnceAreOneStep) {
  const Step step = feed(asking_for("/calls-at-once/4/9998"));
  expect_call(step, 9998, 4);
  EXPECT_EQ(step.calls.item(1), 9999U);
  EXPECT_EQ(step.calls.item(2), 0U);
  EXPECT_EQ(resume("=9998 9999 0 1").want, Step::Want::input);
  EXPECT_EQ(taken(), http_reply("200 OK", "9998 9999 0 1"));
  EXPECT_EQ(receipt().calls, 4U);
}

TEST_F(HttpCalls, ThatFailAreAnErrorAndTheConnectionGoesOn) {
  const std::pair<CallOutcome, const char*> all[] = {{CallOutcome::refused, "502 Bad Gateway"},
                                                     {CallOutcome::broken, "502 Bad Gateway"},
                                                     {CallOutcome::no_value, "502 Bad Gateway"},
                                                     {CallOutcome::late, "504 Gateway Timeout"}};
  for (const auto& [outcome, status] : all) {
    for (const char* target : {"/call/7", "/calls/2/7", "/calls-at-once/2/7"}) {
      EXPECT_EQ(feed(asking_for(target)).want, Step::Want::call);
      EXPECT_EQ(resume(result_of_failed(outcome)).want, Step::Want::input);
      EXPECT_EQ(taken(), http_reply(status, std::string(status).substr(4))) << target;
    }
  }
  EXPECT_EQ(feed(asking_for("/id/5")).want, Step::Want::input);
  EXPECT_EQ(taken(), http_reply("200 OK", "5"));
  const ServiceReceipt counted = receipt();
  EXPECT_EQ(counted.requests, 13U);
  EXPECT_EQ(counted.calls, 4U * (1 + 1 + 2)) << "of a sequence, those that were made";
  EXPECT_THAT(counted.failed_calls, ElementsAre(0, 3, 3, 3, 3));
}

TEST_F(HttpCalls, OfASequenceThatHasFailedLeaveNothingToTheNext) {
  feed(asking_for("/calls/3/5"));
  expect_call(resume("=5"), 6, 1);
  EXPECT_EQ(resume(result_of_failed(CallOutcome::late)).want, Step::Want::input);
  EXPECT_EQ(taken(), http_reply("504 Gateway Timeout", "Gateway Timeout"));
  expect_call(feed(asking_for("/calls/2/1")), 1, 1);
  expect_call(resume("=1"), 2, 1);
  resume("=2");
  EXPECT_EQ(taken(), http_reply("200 OK", "1 2"));
  expect_call(feed(asking_for("/call/9")), 9, 1);
  EXPECT_EQ(resume("=9").want, Step::Want::input);
  EXPECT_EQ(taken(), http_reply("200 OK", "9"));
  EXPECT_EQ(receipt().calls, 5U);
}

TEST_F(HttpCalls, AreMadeForHeadTooAndOnlyTheBodyIsMissing) {
  const std::string whole = http_reply("200 OK", "1234");
  expect_call(feed("HEAD /call/1234 HTTP/1.1\r\nHost: a\r\n\r\n"), 1234, 1);
  EXPECT_EQ(resume("=1234").want, Step::Want::input);
  EXPECT_EQ(taken(), whole.substr(0, whole.size() - 4));
  feed("HEAD /call/1234 HTTP/1.1\r\nHost: a\r\n\r\n");
  resume(result_of_failed(CallOutcome::refused));
  const std::string error = http_reply("502 Bad Gateway", "Bad Gateway");
  EXPECT_EQ(taken(), error.substr(0, error.size() - 11));
}

TEST_F(HttpCalls, HoldTheRequestsBehindThemBack) {
  expect_call(feed(asking_for("/id/1") + asking_for("/call/7") + asking_for("/id/2")), 7, 1);
  EXPECT_EQ(taken(), http_reply("200 OK", "1")) << "what was made before is to be sent before";
  expect_call(feed(asking_for("/call/8")), 7, 1);
  EXPECT_EQ(taken(), "");
  expect_call(resume("=7"), 8, 1);
  EXPECT_EQ(taken(), http_reply("200 OK", "7") + http_reply("200 OK", "2"));
  EXPECT_EQ(resume("=8").want, Step::Want::input);
  EXPECT_EQ(taken(), http_reply("200 OK", "8"));
}

TEST_F(HttpCalls, OfALastRequestAreFollowedByTheClose) {
  for (const bool answered : {true, false}) {
    session_ = service_->connect();
    expect_call(feed(asking_for("/calls/2/7", "Connection: close\r\n")), 7, 1);
    if (answered) expect_call(resume("=7"), 8, 1);
    EXPECT_EQ(resume(answered ? "=8" : result_of_failed(CallOutcome::late)).want, Step::Want::close);
    EXPECT_EQ(taken(), answered ? http_reply("200 OK", "7 8", "Connection: close\r\n")
                                : http_reply("504 Gateway Timeout", "Gateway Timeout", "Connection: close\r\n"));
  }
}

TEST_F(HttpCalls, WithoutABackEndAreNotFoundAndNeverMade) {
  const StandingDate date;
  const auto alone = find_workload("http")->make_service({.store = StoreKind::unshared, .environment = &date});
  EXPECT_EQ(alone->back_end(), nullptr);
  {
    const auto session = alone->connect();
    for (const char* target : {"/call/7", "/calls/2/7", "/calls-at-once/2/7"}) {
      EXPECT_EQ(session->feed(asking_for(target), replies_).want, Step::Want::input);
      EXPECT_EQ(taken(), http_reply("404 Not Found", "Not Found"));
    }
  }
  EXPECT_EQ(alone->receipt().calls, 0U);
}

TEST_F(HttpCalls, AreMadeOfTheBackEndThatTheServiceWasGiven) {
  const StandingDate date;
  const auto service = find_workload("http")->make_service(
      {.store = StoreKind::unshared, .back_end = parse_back_end("redis://127.0.0.1:1"), .environment = &date});
  const BackEndUse* const use = service->back_end();
  ASSERT_NE(use, nullptr);
  EXPECT_EQ(use->server.protocol, BackEndProtocol::redis);
  use->tallies.add_back_end_connection();
  use->tallies.add_call_wait(std::chrono::microseconds(3));
  EXPECT_EQ(service->receipt().back_end_connections, 1U);
  EXPECT_EQ(service->receipt().call_waits, 1U);
  EXPECT_EQ(service->receipt().call_wait_ns, 3000U);
}

TEST(HttpIdDelay, MakesEveryIdWaitAndNothingElse) {
  const StandingDate date;
  const auto service = find_workload("http")->make_service(
      {.store = StoreKind::unshared, .id_delay = std::chrono::microseconds(250), .environment = &date});
  const auto session = service->connect();
  std::string replies;
  for (const char* id : {"5", "18446744073709551615"}) {
    const Step step = session->feed(asking_for("/id/" + std::string(id)), replies);
    EXPECT_EQ(step.want, Step::Want::wait);
    EXPECT_EQ(step.pause, std::chrono::microseconds(250));
    EXPECT_EQ(std::exchange(replies, {}), "");
    EXPECT_EQ(session->resume("", replies).want, Step::Want::input);
    EXPECT_EQ(std::exchange(replies, {}), http_reply("200 OK", id));
  }
  EXPECT_EQ(session->feed(asking_for("/"), replies).want, Step::Want::input);
  EXPECT_EQ(session->feed(asking_for("/id/x"), replies).want, Step::Want::input);
  EXPECT_EQ(session->feed(asking_for("/id/1", "Connection: close\r\n"), replies).want, Step::Want::wait);
  EXPECT_EQ(session->resume("", replies).want, Step::Want::close);
}

/// What a load of our client hears from a server whose last reply is spoiled or not.
Consumed heard_of_calls(ClientSession& client, int requests, bool spoil_last = false) {
  const auto service = make_service("http");
  Conversation server(*service);
  Consumed all;
  for (int i = 0; i < requests; ++i) {
    std::string request;
    client.next_request(request);
    std::string reply = server.say(request);
    if (spoil_last && i == requests - 1) reply.back() = reply.back() == '1' ? '2' : '1';
    const Consumed one = client.consume(reply);
    all.completed += one.completed;
    all.wrong += one.wrong + (one.refusal.empty() ? 0 : 1);
    all.error_replies += one.error_replies;
    all.calls += one.calls;
  }
  EXPECT_EQ(server.closed(), false);
  return all;
}

struct CallTarget {
  const char* target;
  std::uint32_t calls;  ///< For each request.
};
constexpr CallTarget kCallTargets[] = {
    {"/call/{k}", 1},      {"/calls/3/{k}", 3},        {"/calls-at-once/4/{k}", 4},
    {"/calls/2/7", 2},     {"/call/9999", 1},          {"/calls-at-once/16/9990", 16},
    {"/calls/16/{k}", 16}, {"/calls-at-once/1/{k}", 1}};

TEST(CallRequests, AreAnsweredRightAndTheirCallsCounted) {
  for (const auto& [target, calls] : kCallTargets) {
    const auto client = find_workload("http")->make_client({.seed = 3, .request = target});
    const Consumed all = heard_of_calls(*client, 300);
    EXPECT_EQ(all.completed, 300U) << target;
    EXPECT_EQ(all.wrong + all.error_replies, 0U) << target << ": " << client->complaint();
    EXPECT_EQ(all.calls, 300 * calls) << target;
    EXPECT_TRUE(find_workload("http")->calls_back_end(target)) << target;
  }
  for (const char* target : {"", "/", "/id/{k}", "/callers/{k}", "/{mix: 1 id, 1 hello}"}) {
    EXPECT_FALSE(find_workload("http")->calls_back_end(target)) << target;
  }
}

TEST(CallRequests, HaveAWrongAnswerNoticedAndItsCallsNotCounted) {
  for (const auto& [target, calls] : kCallTargets) {
    const auto client = find_workload("http")->make_client({.seed = 3, .request = target});
    const Consumed all = heard_of_calls(*client, 20, true);
    EXPECT_EQ(all.wrong, 1U) << target;
    EXPECT_EQ(all.calls, 19 * calls) << target;
  }
}

TEST(CallRequests, ThatTheBackEndFailsAreErrorsAndNotWrong) {
  for (const char* status : {"502 Bad Gateway", "504 Gateway Timeout"}) {
    const auto client = find_workload("http")->make_client({.request = "/call/{k}"});
    std::string request;
    client->next_request(request);
    const Consumed one = client->consume(http_reply(status, std::string(status).substr(4)));
    EXPECT_EQ(one.error_replies, 1U);
    EXPECT_EQ(one.wrong, 0U);
    EXPECT_EQ(one.calls, 0U);
    EXPECT_EQ(one.code.view(), std::string(status).substr(0, 3));
  }
}

TEST(CallRequests, AskForItemsThatAreThereAndDifferFromConnectionToConnection) {
  const auto items = [](std::uint64_t connection) {
    const auto client =
        find_workload("http")->make_client({.seed = 5, .connection = connection, .request = "/call/{k}"});
    std::vector<std::uint64_t> all;
    for (int i = 0; i < 1000; ++i) {
      std::string request;
      client->next_request(request);
      all.push_back(std::stoull(request.substr(std::string("GET /call/").size())));
    }
    return all;
  };
  EXPECT_EQ(items(1), items(1));
  EXPECT_NE(items(1), items(2));
  EXPECT_THAT(items(1), testing::Each(testing::Lt(kBackEndItems)));
  EXPECT_THAT(items(1), testing::Contains(testing::Gt(kBackEndItems / 2)));
}

TEST(CallRequests, MayBeKindsOfAMix) {
  const std::string mix = "/{mix: 0.6 id, 0.2 call, 0.1 call 3, 0.1 call at-once:3}";
  const auto client = find_workload("http")->make_client({.seed = 9, .request = mix});
  EXPECT_THAT(client->classes(), ElementsAre("/id", "/call", "/call 2", "/call 3"));
  const std::vector<std::string> begins{"GET /id/", "GET /call/", "GET /calls/3/", "GET /calls-at-once/3/"};
  const std::uint32_t calls[] = {0, 1, 3, 3};
  const auto service = make_service("http");
  Conversation server(*service);
  std::vector<int> made(begins.size());
  for (int i = 0; i < 3000; ++i) {
    std::string request;
    client->next_request(request);
    const std::size_t kind = client->last_class();
    ASSERT_LT(kind, begins.size());
    EXPECT_TRUE(request.starts_with(begins[kind])) << request;
    const Consumed one = client->consume(server.say(request));
    EXPECT_EQ(one.wrong + one.error_replies, 0U) << client->complaint();
    EXPECT_EQ(one.calls, calls[kind]) << request;
    ++made[kind];
  }
  EXPECT_NEAR(made[1], 600, 120);
  EXPECT_NEAR(made[2], 300, 90);
  EXPECT_NEAR(made[3], 300, 90);
  EXPECT_TRUE(find_workload("http")->calls_back_end(mix));
}

TEST(CallRequests, AreVerifiedAndCounted) {
  for (const auto& [target, calls] : {CallTarget{"/calls-at-once/4/{k}", 4}, CallTarget{"/call/7", 1}}) {
    for (const bool whole : {true, false}) {
      const auto service = make_service("http");
      Conversation server(*service);
      const auto verifier = find_workload("http")->make_verifier({.request = target, .whole = whole});
      std::uint64_t counted = 0;
      for (std::string request; verifier->next_request(request); request.clear()) {
        const Consumed one = verifier->consume(server.say(request));
        EXPECT_EQ(one.wrong, 0U) << verifier->complaint();
        counted += one.calls;
      }
      EXPECT_GE(counted, calls) << target;
      EXPECT_EQ(counted % calls, 0U) << target;
      { const Conversation gone = std::move(server); }
      EXPECT_EQ(service->receipt().calls, counted) << "both sides count alike";
    }
  }
}

TEST(CallRequests, ThatAreNoneAreRefusedInOneLine) {
  const auto refusal = [](const std::string& request) -> std::string {
    try {
      find_workload("http")->make_client({.request = request});
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  for (const std::string detail :
       {"0", "17", "at-once:x", "at-once:", "at-once:0", "at-once:17", "-1", "3x", "at-once"}) {
    EXPECT_EQ(
        refusal("/{mix: 1 call " + detail + "}"),
        "http: /{mix: WEIGHT KIND [DETAIL], ...}: behind call stands how many, 1 to 16 or at-once:1 to at-once:16, "
        "found \"" +
            detail + "\"");
  }
  EXPECT_EQ(refusal("/{mix: 1 call 3 4}"),
            "http: /{mix: WEIGHT KIND [DETAIL], ...}: a part is WEIGHT KIND [DETAIL], found \"1 call 3 4\"");
  EXPECT_EQ(refusal("/{mix: 1 calls}"),
            "http: /{mix: WEIGHT KIND [DETAIL], ...}: a kind is hello, id, wait, work, file or call, found \"calls\"");
}

}  // namespace
}  // namespace bakeoff::workloads
