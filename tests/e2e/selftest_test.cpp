// bakeoff selftest on this machine: everything is noticed, and nothing is left behind.
#include <gmock/gmock.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "harness/measure/process_tree.h"
#include "tests/e2e/program.h"

namespace bakeoff {
namespace {

using testing::HasSubstr;

TEST(Selftest, NoticesEveryFaultAndSaysWhatItExpected) {
  // With ten attempts each on a machine that is never quiet it would take longer than other calls.
  const auto result =
      Call(bakeoff_program(), {"selftest", "--format", "json", "--patience", "20s"}).finish(std::chrono::seconds{115});
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
  EXPECT_THAT(descendants(::getpid()), testing::ElementsAre(::getpid())) << "a process is left";
  if (result.status == 4) GTEST_SKIP() << "others were on the CPUs in ten windows: " << result.output;
  EXPECT_THAT(names,
              testing::ElementsAre("null echo", "null http", "null counter", "stall p99", "stall p99.9", "stall max",
                                   "stall, closed loop", "wrong echo", "wrong http", "wrong counter"));
}

TEST(Selftest, AnInterruptLeavesNoProcess) {
  for (const int signal : {SIGINT, SIGTERM}) {
    Call call(bakeoff_program(), {"selftest"});
    ASSERT_TRUE(call.process().read_line(std::chrono::seconds{20}));  // It has begun.
    ::kill(call.process().pid(), signal);
    const auto result = call.finish();
    EXPECT_EQ(result.status, 130) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr("interrupted"));
    EXPECT_THAT(descendants(::getpid()), testing::ElementsAre(::getpid())) << "a process is left";
  }
}

}  // namespace
}  // namespace bakeoff
