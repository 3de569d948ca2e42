// Groups of subjects, on the command line and in a file.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const char* const kGrouped = R"(name = "grouped"
subjects = ["threads", "@java"]
blocks = 1

[[tables]]
workload = "echo"

[[tables]]
job = "sha256"
size = 1
)";

struct GroupedRun : subjects::ScratchFolder {
  GroupedRun() { test::write_text(file(), kGrouped); }
  std::string file() const { return path() / "grouped.toml"; }
  Call::Result plan(const std::vector<std::string>& further) const {
    std::vector<std::string> arguments{"run", file(), "--dry-run", "--format", "json"};
    arguments.insert(arguments.end(), further.begin(), further.end());
    return bakeoff_call(arguments);
  }
};

/// The subjects that a plan has in a table.
std::set<std::string> planned(const std::string& plan, const std::string& table) {
  std::set<std::string> subjects;
  const auto json = nlohmann::json::parse(plan);
  for (const auto& trial : json.at("trials")) {
    if (trial.at("table") == table) subjects.insert(trial.at("subject"));
  }
  return subjects;
}

TEST(DryRun, AGroupStandsForItsSubjectsThatCanDoTheWork) {
  const GroupedRun run;
  const auto file = run.plan({});
  EXPECT_EQ(file.status, 0) << file.errors;
  EXPECT_THAT(planned(file.output, "echo"), ElementsAre("java-nio", "java-platform", "java-virtual", "threads"));
  EXPECT_THAT(planned(file.output, "sha256"), AllOf(Contains("java-virtual"), Not(Contains("java-nio"))));

  const auto python = run.plan({"--subjects", "@python"});
  EXPECT_EQ(python.status, 0) << python.errors;
  EXPECT_THAT(planned(python.output, "echo"),
              AllOf(Contains("python-asyncio"), Contains("pypy-prefork"), Not(Contains("python-processes"))));
  EXPECT_THAT(python.errors, HasSubstr("bakeoff: --subjects: "));
  EXPECT_THAT(python.errors, HasSubstr("are not in echo: each serves nothing"));
}

TEST(DryRun, AnUnknownGroupIsAnErrorOfOneLine) {
  const auto result = GroupedRun().plan({"--subjects", "@pyhton"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("found \"@pyhton\", expected one of @models, @servers, @runtimes, "),
                                   HasSubstr("did you mean \"@python\"?")));
  EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
}

TEST(List, TellsOfGroups) {
  EXPECT_THAT(bakeoff_call({"list"}).output, HasSubstr("--subjects @models, @servers or @runtimes"));
}

}  // namespace
}  // namespace bakeoff::e2e
