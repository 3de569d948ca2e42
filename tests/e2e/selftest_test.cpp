// bakeoff selftest on this machine: everything is noticed, and nothing is left behind.
#include <gmock/gmock.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "harness/measure/process_tree.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::HasSubstr;

TEST(Selftest, NoticesEveryFaultAndSaysWhatItExpected) {
  // With ten attempts each on a machine that is never quiet it would take longer than other calls.
  const auto result =
      Call(bakeoff_program(), {"selftest", "--only", "null,stall,wrong", "--format", "json", "--patience", "20s"})
          .finish(std::chrono::seconds{115});
  ASSERT_TRUE(result.status == 0 || result.status == 4) << result.output << result.errors;
  const auto document = nlohmann::json::parse(result.output);
  std::vector<std::string> names;
  for (const auto& finding : document.at("findings")) {
    const std::string verdict = finding.at("verdict");
    if (verdict != "void") names.push_back(finding.at("name"));
    EXPECT_NE(verdict, "failed") << finding;
    EXPECT_NE(finding.at("expected"), "");
    EXPECT_FALSE(finding.at("figures").empty());
    EXPECT_EQ(finding.at("void_reasons").size() + (verdict == "void" ? 0 : 1), finding.at("attempts")) << finding;
  }
  EXPECT_EQ(document.at("verdict"), result.status == 0 ? "passed" : "void");
  EXPECT_THAT(measure::descendants(::getpid()), testing::ElementsAre(::getpid())) << "a process is left";
  if (result.status == 4) GTEST_SKIP() << "others were on the CPUs in ten windows: " << result.output;
  EXPECT_THAT(names,
              testing::ElementsAre("null echo", "null http", "null counter", "stall p99", "stall p99.9", "stall max",
                                   "stall, pause", "stall, closed loop", "wrong echo", "wrong http", "wrong counter"));
}

/// A check of the comparison: what it says, and that the exit status agrees. That it passes is a matter of chance, by
/// its own theory, and of the machine, so that only gross faults fail here.
std::vector<nlohmann::json> findings_of(const char* kind) {
  // Three attempts of a minute, when the machine is never quiet.
  const auto result = Call(bakeoff_program(), {"selftest", "--only", kind, "--format", "json", "--patience", "1s"})
                          .finish(std::chrono::seconds{280});
  const auto document = nlohmann::json::parse(result.output, nullptr, false);
  if (!document.is_object()) {
    ADD_FAILURE() << result.status << result.output << result.errors;
    return {};
  }
  const std::string verdict = document.at("verdict");
  EXPECT_EQ(result.status, verdict == "passed" ? 0 : verdict == "void" ? 4 : 3);
  EXPECT_THAT(measure::descendants(::getpid()), testing::ElementsAre(::getpid())) << "a process is left";
  return document.at("findings");
}

TEST(Selftest, OfNamedSubjectsComparesNothingElse) {
  const auto unknown = bakeoff_call({"selftest", "--subjects", "thraeds"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("found model \"thraeds\""));
  const auto other = bakeoff_call({"selftest", "--subjects", "threads", "--only", "stall"});
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.errors, HasSubstr("found --only stall, expected no other kind than same"));
}

TEST(Selftest, TellsApartAlmostNothingThatIsTheSame) {
  const auto findings = findings_of("same");
  ASSERT_FALSE(findings.empty());
  const auto& check = findings[0];
  if (check.at("verdict") == "void") GTEST_SKIP() << "others were on the CPUs: " << check;
  const double claims = check.at("figures").at("claims");
  EXPECT_GE(check.at("figures").at("pairs_counted"), 10);
  EXPECT_EQ(check.at("verdict"), claims <= check.at("figures").at("claims_allowed") ? "passed" : "failed") << check;
  EXPECT_LE(claims, 6) << check;  // By chance once in 10^8 runs.
  EXPECT_EQ(findings.size(), 2 + static_cast<std::size_t>(claims)) << "each claim has its line";
  EXPECT_EQ(findings.back().at("name"), "smallest visible");
}

TEST(Selftest, FindsWhoDoesMoreWork) {
  const auto findings = findings_of("more-work");
  ASSERT_EQ(findings.size(), 2U);
  if (findings[0].at("verdict") == "void") GTEST_SKIP() << "others were on the CPUs: " << findings[0];
  EXPECT_GE(findings[0].at("figures").at("pairs"), 11);
  EXPECT_NEAR(findings[0].at("figures").at("ratio"), 1.05, 0.2) << findings[0];
}

TEST(Selftest, AnInterruptLeavesNoProcess) {
  for (const char* kind : {"null", "same"})
    for (const int signal : {SIGINT, SIGTERM}) {
      Call call(bakeoff_program(), {"selftest", "--only", kind});
      ASSERT_TRUE(call.process().read_line(std::chrono::seconds{20}));  // It has begun.
      ::kill(call.process().pid(), signal);
      const auto result = call.finish();
      EXPECT_EQ(result.status, 130) << result.errors;
      EXPECT_THAT(result.errors, HasSubstr("interrupted"));
      EXPECT_THAT(measure::descendants(::getpid()), testing::ElementsAre(::getpid())) << "a process is left";
    }
}

}  // namespace
}  // namespace bakeoff::e2e
