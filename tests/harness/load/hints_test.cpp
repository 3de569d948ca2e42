#include "harness/load/hints.h"

#include <gmock/gmock.h>

#include <set>

#include "workloads/refusal.h"

namespace bakeoff::load {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

AgentPlan load_of(const std::string& workload, const std::string& request) {
  AgentPlan plan;
  plan.workload = workload;
  plan.host_field = "localhost";
  plan.load.request = request;
  return plan;
}

std::string hint(const std::string& phase, const std::string& code, const HintContext& context = {}) {
  return hint_for({phase, code, 1}, context);
}

TEST(Hints, EveryKindThatALoadMeetsHasOneSentenceOfItsOwn) {
  std::vector<std::pair<std::string, std::string>> kinds{{"connect", "ECONNREFUSED"},
                                                         {"connect", "ETIMEDOUT"},
                                                         {"connect", "EADDRNOTAVAIL"},
                                                         {"connect", "EMFILE"},
                                                         {"connect", "ENFILE"},
                                                         {"connect", "ECONNRESET"},
                                                         {"connect", "EHOSTUNREACH"},
                                                         {"connect", "EACCES"},
                                                         {"connect", "ENOBUFS"},
                                                         {"connect", "ENOSPC"},
                                                         {"read", "ECONNRESET"},
                                                         {"read", "ETIMEDOUT"},
                                                         {"write", "EPIPE"},
                                                         {"write", "ENOBUFS"},
                                                         {"closed", ""},
                                                         {"parse", ""},
                                                         {"reply", "301"},
                                                         {"reply", "418"},
                                                         {"reply", "599"},
                                                         {"reply", "ERR"},
                                                         {"timeout", ""},
                                                         {"late", ""},
                                                         {"shed", ""}};
  for (const char* code :
       {"304",    "400",     "401",      "403",       "404",       "405",       "408",     "411",   "413",
        "414",    "415",     "421",      "426",       "429",       "431",       "500",     "501",   "502",
        "503",    "504",     "505",      "ASK",       "DENIED",    "OOM",       "LOADING", "MOVED", "NOAUTH",
        "NOPERM", "MISCONF", "READONLY", "WRONGPASS", "WRONGTYPE", "maxclients"}) {
    kinds.emplace_back("reply", code);
  }
  std::set<std::string> sentences;
  for (const auto& [phase, code] : kinds) {
    const std::string sentence = hint(phase, code);
    EXPECT_TRUE(sentence.ends_with('.')) << phase << " " << code << ": " << sentence;
    EXPECT_LT(sentence.size(), 240u) << sentence;
    EXPECT_TRUE(sentences.insert(sentence).second) << phase << " " << code << " says the same as another: " << sentence;
  }
}

TEST(Hints, EveryReasonToReadNoFurtherHasOneOfItsOwn) {
  namespace refusal = workloads::refusal;
  std::set<std::string> sentences{hint("parse", "")};
  for (const std::string_view code :
       {refusal::kUnasked, refusal::kReplyTooLong, refusal::kNotHttp, refusal::kOtherVersion, refusal::kBadStatus,
        refusal::kBadField, refusal::kBadLength, refusal::kHeadTooLong, refusal::kBadChunk, refusal::kSwitched,
        refusal::kInterim, refusal::kNotResp}) {
    const std::string sentence = hint("parse", std::string(code));
    EXPECT_TRUE(sentence.ends_with('.')) << code;
    EXPECT_LT(sentence.size(), 240u) << sentence;
    EXPECT_TRUE(sentences.insert(sentence).second) << code << " says the same as another: " << sentence;
  }
}

TEST(Hints, OfAUnixSocketNameItsBacklogAndItsFileAndNoCounterOfTcp) {
  const HintContext context{.local = true, .unix_socket = true, .listen_overflows = 7, .somaxconn = 4096};
  EXPECT_EQ(
      hint("connect", "EAGAIN", context),
      "The server's accept queue was full: raise its listen backlog and net.core.somaxconn (4096), or add workers.");
  EXPECT_THAT(hint("connect", "ECONNREFUSED", context), HasSubstr("Nothing listens on that socket"));
  EXPECT_THAT(hint("connect", "ENOENT", context), HasSubstr("file is gone"));
  EXPECT_THAT(hint("connect", "EACCES", context), HasSubstr("permissions"));
  EXPECT_THAT(hint("connect", "EMFILE", context), HasSubstr("The generator met"));
  for (const char* code : {"ECONNRESET", "EPIPE"}) {
    EXPECT_THAT(hint("write", code, context), AllOf(HasSubstr("The server"), Not(HasSubstr("overflowed"))));
  }
}

TEST(Hints, WhatIsNotKnownGetsNoneRatherThanAGuess) {
  EXPECT_EQ(hint("connect", "EDOM"), "");
  EXPECT_EQ(hint("read", "EDOM"), "");
  EXPECT_EQ(hint("odd", ""), "");
}

TEST(Hints, AWordThatBeginsLikeAStatusIsNone) {
  EXPECT_EQ(hint("reply", "5XX"), hint("reply", "ERR"));
  EXPECT_EQ(hint("reply", "42"), hint("reply", "ERR"));
}

TEST(Hints, OnWrongAnswersThereIsOneWhereThePageIsNotOurs) {
  EXPECT_THAT(hint_for_wrong(load_of("http", "/index.html")), HasSubstr("--no-verify"));
  EXPECT_EQ(hint_for_wrong(load_of("http", "/id/{k}")), "");
  EXPECT_EQ(hint_for_wrong(load_of("counter", "incr/x")), "");
}

TEST(Hints, AnOverflowedAcceptQueueIsNamedWithItsCountAndTheLimitToRaise) {
  const HintContext overflowed{.local = true, .listen_overflows = 312, .somaxconn = 128, .timeout_s = 5};
  for (const auto& [phase, code] :
       {std::pair{"connect", "ECONNRESET"}, {"connect", "ETIMEDOUT"}, {"read", "ECONNRESET"}, {"timeout", ""}}) {
    EXPECT_THAT(hint(phase, code, overflowed),
                AllOf(HasSubstr("overflowed 312 times"), HasSubstr("backlog"), HasSubstr("somaxconn (128)")))
        << phase;
  }
}

TEST(Hints, DropsStandInWhereOverflowsAreNotCounted) {
  EXPECT_THAT(hint("read", "ECONNRESET", {.local = true, .listen_drops = 7}), HasSubstr("overflowed 7 times"));
}

TEST(Hints, ThisMachinesQueuesSayNothingOfAServerElsewhere) {
  const HintContext elsewhere{.local = false, .listen_overflows = 312};
  EXPECT_THAT(hint("connect", "ECONNRESET", elsewhere), AllOf(Not(HasSubstr("312")), HasSubstr("nstat")));
  EXPECT_THAT(hint("read", "ECONNRESET", elsewhere), Not(HasSubstr("overflowed")));
}

TEST(Hints, AQueueThatDidNotOverflowIsNotBlamed) {
  const HintContext calm{.local = true, .listen_overflows = 0, .listen_drops = 0};
  EXPECT_THAT(hint("connect", "ETIMEDOUT", calm), Not(HasSubstr("backlog")));
  EXPECT_THAT(hint("read", "ECONNRESET", calm), Not(HasSubstr("backlog")));
}

TEST(Hints, PortsAreCountedOverAllLocalAddresses) {
  EXPECT_THAT(hint("connect", "EADDRNOTAVAIL", {.ports = 28'232, .sources = 3}), HasSubstr("all 84696"));
  EXPECT_THAT(hint("connect", "EADDRNOTAVAIL", {.ports = 28'232}), Not(HasSubstr("tcp_tw_reuse")));
  EXPECT_THAT(hint("connect", "EADDRNOTAVAIL", {.churn = true}), HasSubstr("tcp_tw_reuse"));
}

TEST(Hints, DescriptorsNameTheLimitThatWasMetAndWhetherItIsTheHardOne) {
  EXPECT_THAT(hint("connect", "EMFILE", {.descriptors_soft = 1'024, .descriptors_hard = 20'000}),
              AllOf(HasSubstr("1024"), HasSubstr("ulimit -n"), Not(HasSubstr("root"))));
  EXPECT_THAT(hint("connect", "EMFILE", {.descriptors_soft = 20'000, .descriptors_hard = 20'000}),
              AllOf(HasSubstr("20000"), HasSubstr("root")));
  EXPECT_THAT(hint("connect", "ENFILE"), HasSubstr("fs.file-max"));
}

TEST(Hints, TimesAreThoseOfTheLoad) {
  EXPECT_THAT(hint("timeout", "", {.connect_timeout_s = 1, .timeout_s = 2.5}), HasSubstr("2.5 s"));
  EXPECT_THAT(hint("late", "", {.timeout_s = 2.5}), HasSubstr("2.5 s"));
  EXPECT_THAT(hint("connect", "ETIMEDOUT", {.connect_timeout_s = 1, .timeout_s = 2.5}), HasSubstr("1 s"));
}

TEST(Hints, ComeInTheOrderOfTheErrors) {
  const auto hints = hints_for({{"odd", "", 1}, {"shed", "", 2}}, {});
  EXPECT_THAT(hints, testing::ElementsAre("", hint("shed", "")));
}

}  // namespace
}  // namespace bakeoff::load
