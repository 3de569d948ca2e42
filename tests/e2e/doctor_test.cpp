// bakeoff doctor as a user runs it. What it finds depends on the machine; what it says of it does not.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

const std::vector<std::string> kAreas = {"programs", "cpu", "memory", "limits", "network", "kernel", "neighbours"};

TEST(Doctor, PrintsEveryAreaInPlainTextAndASummary) {
  const auto result = bakeoff_call({"doctor"});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(result.errors, "");
  for (const auto& area : kAreas) EXPECT_THAT("\n" + result.output, HasSubstr("\n" + area + "\n"));
  EXPECT_THAT(result.output, Not(HasSubstr("\x1b")));
  const auto last = result.output.substr(result.output.rfind('\n', result.output.size() - 2) + 1);
  EXPECT_THAT(last, MatchesRegex("[0-9]+ findings: [0-9]+ good, [0-9]+ notes?, [0-9]+ troubles?\n"));
}

TEST(Doctor, GivesJsonWithAReasonForEveryLevelThatIsNotGood) {
  const auto result = bakeoff_call({"doctor", "--format", "json"});
  ASSERT_EQ(result.status, 0) << result.errors;
  const auto findings = nlohmann::json::parse(result.output).at("findings");
  std::set<std::string> areas;
  for (const auto& finding : findings) {
    areas.insert(finding.at("area").get<std::string>());
    EXPECT_THAT(finding.at("name").get<std::string>(), MatchesRegex("[a-z][a-z0-9_]*"));
    EXPECT_THAT(finding.at("level").get<std::string>(), AnyOf("good", "note", "trouble"));
    EXPECT_NE(finding.at("found"), "");
    EXPECT_EQ(finding.at("level") == "good", finding.at("why") == "") << finding;
    EXPECT_TRUE(finding.at("mend").is_string());
  }
  EXPECT_EQ(areas, std::set<std::string>(kAreas.begin(), kAreas.end()));
}

TEST(Doctor, ListsProgramsThatAreNowhereWithTheCommandThatInstallsThem) {
  // The folders of administrators are searched whatever PATH says.
  for (const char* folder : {"/usr/local/sbin", "/usr/sbin", "/sbin"}) {
    for (const char* program : {"redis-server", "wrk"}) {
      if (std::filesystem::exists(std::filesystem::path(folder) / program))
        GTEST_SKIP() << folder << " has " << program;
    }
  }
  const auto without = [](std::vector<std::string> arguments) {
    return Call(bakeoff_program(), arguments, {"env", "PATH=/nonexistent"}).finish();
  };
  const auto text = without({"doctor"});
  EXPECT_EQ(text.status, 0) << text.errors;
  const auto servers = text.output.find("\nto run the experiments with real servers");
  const auto optional = text.output.find("\noptional clients and tools");
  ASSERT_NE(servers, std::string::npos) << text.output;
  ASSERT_NE(optional, std::string::npos) << text.output;
  const auto command = text.output.substr(servers, optional + 1 - servers);
  EXPECT_THAT(command, HasSubstr("apt-get install -y --no-install-recommends "));
  EXPECT_THAT(command, HasSubstr(" redis-server"));
  EXPECT_THAT(command, Not(HasSubstr("wrk")));
  EXPECT_THAT(text.output.substr(optional), HasSubstr(" wrk "));

  const auto findings = nlohmann::json::parse(without({"doctor", "--format", "json"}).output).at("findings");
  for (const char* name : {"redis_server", "wrk"}) {
    const auto found =
        std::find_if(findings.begin(), findings.end(), [&](auto& each) { return each.at("name") == name; });
    ASSERT_NE(found, findings.end()) << name;
    EXPECT_EQ(found->at("level"), "note");
    EXPECT_EQ(found->at("found"), "not found");
  }
}

TEST(Doctor, RefusesWhatItDoesNotKnowInOneLine) {
  const std::vector<std::vector<std::string>> wrong = {
      {"doctor", "--format", "xml"}, {"doctor", "--mend"}, {"doctor", "cpu"}, {"docter"}};
  for (const auto& arguments : wrong) {
    const auto result = bakeoff_call(arguments);
    EXPECT_EQ(result.status, 2) << arguments.back();
    EXPECT_EQ(result.output, "") << arguments.back();
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
  }
  EXPECT_THAT(bakeoff_call({"doctor", "--format", "xml"}).errors, HasSubstr("expected one of terminal, json"));
  EXPECT_THAT(bakeoff_call({"docter"}).errors, HasSubstr("did you mean \"doctor\"?"));
}

}  // namespace
}  // namespace bakeoff::e2e
