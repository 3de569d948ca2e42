// The doctor beside another bakeoff that measures.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/serve_call.h"

namespace bakeoff::e2e {
namespace {

using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;
using testing::Not;

TEST(Doctor, WaitsForAnotherBakeoffAndEndsNothingOfIt) {
  ServeCall serving({"serve", "event-loop", "http"});
  ASSERT_NE(serving.port, "") << serving.call.errors_so_far();
  // There, and next to idle: other tests run beside this one.
  BackgroundCall loading(bakeoff_program(),
                         {"load", serving.url(), "-c", "1", "-d", "60s", "--rate", "10", "--no-ceiling"});

  const auto document = nlohmann::json::parse(bakeoff_call({"doctor", "--format", "json"}).output);
  int others = 0;
  for (const auto& finding : document.at("findings")) {
    const auto found = finding.at("found").get<std::string>();
    if (finding.at("name") == "other_bakeoff") {
      // There may be further ones on this machine, of somebody else.
      for (BackgroundCall* const call : {&serving.call, &loading}) {
        others += found.find("(pid " + std::to_string(call->process().pid()) + ")") != found.npos ? 1 : 0;
      }
      EXPECT_EQ(finding.at("mend"), "");
      EXPECT_THAT(finding.at("why").get<std::string>(), HasSubstr("Wait until it has ended"));
    }
    // The server, the load's agents (whose file is called by way of /proc/self/exe) and the two programs themselves.
    if (finding.at("name") == "busy_process") {
      EXPECT_THAT(found.substr(0, found.find(' ')), Not(AnyOf(Eq("exe"), Eq("bakeoff"), Eq("bakeoff-subject"))));
    }
    EXPECT_THAT(finding.at("mend").get<std::string>(), Not(HasSubstr("kill "))) << found;
  }
  EXPECT_EQ(others, 2);
}

}  // namespace
}  // namespace bakeoff::e2e
