// What `bakeoff list` says beside names: how long an experiment takes; and names alone, for scripts.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(List, SaysHowLongEachExperimentTakes) {
  const std::string text = bakeoff_call({"list", "experiments"}).output;
  const auto list = nlohmann::json::parse(bakeoff_call({"list", "experiments", "--format", "json"}).output);
  ASSERT_GT(list.at("experiments").size(), 5U);
  for (const auto& experiment : list.at("experiments")) {
    const std::string name = experiment.at("name");
    const auto dry = nlohmann::json::parse(bakeoff_call({"run", name, "--dry-run", "--format", "json"}).output);
    EXPECT_EQ(experiment.at("estimate_s"), dry.at("estimate_s")) << name;
    EXPECT_EQ(experiment.at("budget_s"), dry.at("budget_s")) << name;
    const double budget_s = experiment.at("budget_s");
    ASSERT_GE(budget_s, 90) << name << ": say below in which words";
    const long minutes = std::lround(budget_s / 60);
    const std::string time = minutes < 60        ? fmt::format("{} min", minutes)
                             : minutes % 60 == 0 ? fmt::format("{} h", minutes / 60)
                                                 : fmt::format("{} h {} min", minutes / 60, minutes % 60);
    EXPECT_THAT(text, testing::ContainsRegex("\n  " + name + " +up to " + time + ": "));
  }
}

TEST(List, GivesNamesAloneOnePerLine) {
  const auto names = [](const std::string& kind) {
    const auto result = bakeoff_call({"list", kind, "--format", "names"});
    EXPECT_EQ(result.status, 0) << result.errors;
    return result.output;
  };
  EXPECT_THAT(names("models"), AllOf(testing::StartsWith("process-per-connection\n"), HasSubstr("\nthreads\n")));
  EXPECT_THAT(names("servers"), HasSubstr("\nnginx\n"));
  EXPECT_THAT(names("experiments"), HasSubstr("\nquick\n"));
  EXPECT_THAT(names("runtimes"), HasSubstr("\nnode\n"));
  EXPECT_EQ(names("subjects"), names("models") + names("servers") + names("runtimes"));
  const auto json = nlohmann::json::parse(bakeoff_call({"list", "--format", "json"}).output);
  for (const auto& [kind, entries] : json.items()) {
    std::string listed;
    for (const auto& entry : entries) listed += entry.at("name").get<std::string>() + "\n";
    EXPECT_EQ(names(kind), listed);
  }
}

}  // namespace
}  // namespace bakeoff::e2e
