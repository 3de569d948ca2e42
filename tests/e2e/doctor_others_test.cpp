// The doctor beside another bakeoff that measures.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"

namespace bakeoff {
namespace {

using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;
using testing::Not;

TEST(Doctor, WaitsForAnotherBakeoffAndEndsNothingOfIt) {
  Call serving(bakeoff_program(), {"serve", "event-loop", "http"});
  const std::string said = serving.process().read_line(std::chrono::seconds{10}).value_or("");
  const auto address = said.find("127.0.0.1:");
  ASSERT_NE(address, std::string::npos) << serving.errors_so_far();
  const std::string url = "http://" + said.substr(address, said.find(' ', address) - address) + "/";
  Call loading(bakeoff_program(), {"load", url, "-d", "60s", "--no-ceiling"});

  const auto document = nlohmann::json::parse(bakeoff_call({"doctor", "--format", "json"}).output);
  int others = 0;
  for (const auto& finding : document.at("findings")) {
    const auto found = finding.at("found").get<std::string>();
    if (finding.at("name") == "other_bakeoff") {
      // There may be further ones on this machine, of somebody else.
      for (Call* const call : {&serving, &loading}) {
        others += found.find("(pid " + std::to_string(call->process().pid()) + ")") != found.npos ? 1 : 0;
      }
      EXPECT_EQ(finding.at("mend"), "");
      EXPECT_THAT(finding.at("why").get<std::string>(), HasSubstr("Wait for its end"));
    }
    // The server, the load's agents (whose file is called by way of /proc/self/exe) and the two programs themselves.
    if (finding.at("name") == "busy_process") {
      EXPECT_THAT(found.substr(0, found.find(' ')), Not(AnyOf(Eq("exe"), Eq("bakeoff"), Eq("bakeoff-subject"))));
    }
    EXPECT_THAT(finding.at("mend").get<std::string>(), Not(HasSubstr("kill "))) << found;
  }
  EXPECT_EQ(others, 2);
  loading.process().stop(SIGINT);
  serving.process().stop(SIGINT);
}

}  // namespace
}  // namespace bakeoff
