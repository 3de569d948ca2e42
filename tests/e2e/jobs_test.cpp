// Jobs on executors and probes: once by hand, and as tables of an experiment.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/journal/trial_json.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Job, PrintsWhatItMeasuredBesideItsAnswer) {
  const auto result = bakeoff_call({"job", "coroutine", "skynet", "--units", "1", "--size", "1000"});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("right · answer 499500"));
  EXPECT_THAT(result.output, testing::ContainsRegex("leaf +~?[0-9.]+ [nu]s~?\n"));
}

TEST(Job, AboutASettingShowsEveryChoiceBesideTheOthers) {
  const auto race = bakeoff_call({"job", "thread", "shared-count", "--units", "2", "--size", "20000"});
  EXPECT_EQ(race.status, 0) << race.errors;
  EXPECT_EQ(race.errors, "");
  EXPECT_THAT(race.output, AllOf(HasSubstr("5 runs of each discipline, in turn"), HasSubstr("expected"),
                                 HasSubstr("40,000"), HasSubstr("operation ns"), HasSubstr("a race, in which")));
  for (const char* discipline : {"plain", "mutex", "atomic", "rwlock", "sharded", "channel", "local", "snapshot",
                                 "across-await", "locked-await", "lock-once", "compare-and-swap"}) {
    EXPECT_THAT(race.output, HasSubstr(std::string("\n") + discipline + " ")) << race.output;
  }
  EXPECT_THAT(race.output, Not(HasSubstr("WRONG")));

  const auto deadlock = bakeoff_call({"job", "thread", "deadlock", "--size", "2"});
  EXPECT_EQ(deadlock.status, 0) << deadlock.errors;
  EXPECT_THAT(unwrapped(deadlock.output),
              AllOf(HasSubstr("deadlock reproduced"), HasSubstr("no deadlock"),
                    HasSubstr("mutual exclusion, hold and wait, no preemption and circular wait"),
                    HasSubstr("order breaks circular wait"), Not(HasSubstr("WRONG"))));
}

TEST(Job, OfAChosenSettingRunsOnceAndSaysWhatTheChoiceDoes) {
  const auto none = bakeoff_call({"job", "thread:way=none", "deadlock", "--size", "2"});
  EXPECT_EQ(none.status, 0) << none.errors;
  EXPECT_THAT(none.output, AllOf(HasSubstr("(2 units, executor thread): deadlock reproduced · answer 2"),
                                 HasSubstr("way=none lets the four conditions of a deadlock hold")));
  const auto order = bakeoff_call({"job", "thread:way=order", "deadlock", "--size", "2"});
  EXPECT_THAT(order.output, AllOf(HasSubstr("no deadlock · answer 4"), HasSubstr("way=order breaks circular wait")));
}

TEST(Job, AboutASettingIsOneDocumentWithARowForEveryRun) {
  const auto result = bakeoff_call({"job", "threads:units=1", "shared-count", "--size", "1000", "--format", "json"});
  EXPECT_EQ(result.status, 0) << result.errors;
  const auto rows = nlohmann::json::parse(result.output);
  ASSERT_TRUE(rows.is_array());
  std::map<std::string, int> runs;
  std::set<std::string> ids;
  for (const auto& row : rows) {
    ++runs[row.at("subject").get<std::string>()];
    ids.insert(row.at("trial_id").get<std::string>());
  }
  EXPECT_EQ(runs["thread:units=1:discipline=plain"], 5) << "a model stands for its executor";
  EXPECT_EQ(runs["thread:units=1:discipline=channel"], 1) << "a channel needs a sender, and is told once";
  EXPECT_EQ(ids.size(), rows.size());
  const auto one = nlohmann::json::parse(
      bakeoff_call({"job", "thread:discipline=plain", "shared-count", "--size", "1000", "--format", "json"}).output);
  EXPECT_TRUE(one.is_object());
}

TEST(Job, AboutASettingThatItsUnitsCannotDoIsToldInOneLine) {
  const auto sequential = bakeoff_call({"job", "sequential", "shared-count", "--units", "2", "--size", "1000"});
  EXPECT_EQ(sequential.status, 1);
  EXPECT_EQ(sequential.output, "");
  EXPECT_THAT(sequential.errors, HasSubstr("sequential cannot run shared-count with 2 units"));
  EXPECT_EQ(std::count(sequential.errors.begin(), sequential.errors.end(), '\n'), 1) << sequential.errors;
}

TEST(Job, SaysWhatTheUnitsOfAnExecutorCannotDo) {
  const auto result = bakeoff_call({"job", "sequential", "idle", "--units", "2"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.output, "");
  EXPECT_THAT(result.errors, HasSubstr("sequential cannot run idle with 2 units: its units run one after the other"));
}

TEST(Job, WithSettingsThatAreNoneIsRefusedInOneLine) {
  const auto unknown = bakeoff_call({"job", "thread:guard=yes", "idle"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("found the setting \"guard\" in \"thread:guard=yes\", expected one of units"));
  EXPECT_THAT(bakeoff_call({"job", "isolation", "count"}).errors, HasSubstr("found executor or model \"isolation\""));
  EXPECT_THAT(bakeoff_call({"serve", "thraeds", "http"}).errors, HasSubstr("did you mean \"threads\"?"));
}

TEST(Probe, ShowsFiguresAndWhatItSaw) {
  const auto result = bakeoff_call({"probe", "isolation"});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("a forked child added 1: it reads 1, its parent 0"));
  const auto row = nlohmann::json::parse(bakeoff_call({"probe", "isolation", "--format", "json"}).output);
  EXPECT_EQ(row.at("params").at("load"), "probe");
  EXPECT_EQ(row.at("workload"), "lifecycle");
  EXPECT_EQ(bakeoff_call({"probe", "isolatoin"}).status, 2);
}

TEST(Probe, AGroupIsOneDocument) {
  const auto result = bakeoff_call({"probe", "lifecycle", "--format", "json"});
  EXPECT_EQ(result.status, 0) << result.errors;
  const auto rows = nlohmann::json::parse(result.output);
  ASSERT_TRUE(rows.is_array());
  EXPECT_GE(rows.size(), 7U);
  for (const auto& row : rows) EXPECT_EQ(row.at("workload"), "lifecycle");
}

TEST(Experiment, HasTablesOfJobsAndProbesWithSubjectsOfTheirOwn) {
  const subjects::ScratchFolder folder;
  test::write_text(folder.path() / "units.toml", R"(name = "units"
blocks = 1
[[tables]]
name = "memory"
job = "idle"
units = 20
subjects = ["thread", "fiber:units=10", "pool"]
[[tables]]
probe = "lifecycle"
subjects = ["isolation"]
)");
  const auto out = folder.path() / "out";
  const auto result =
      bakeoff_call({"run", (folder.path() / "units.toml").string(), "--out", out.string(), "--format", "md"});
  EXPECT_THAT(result.status, testing::AnyOf(0, 4)) << result.errors;  // 4: a neighbour made every number void
  EXPECT_THAT(result.output, HasSubstr("| subject | place | PSS KiB |"));
  EXPECT_THAT(result.output, HasSubstr("fiber:units=10"));
  EXPECT_THAT(result.output, HasSubstr("pool cannot run idle with 20 units"));
  EXPECT_THAT(result.output, HasSubstr("isolation: a thread added 1: the others read 1"));
  EXPECT_THAT(test::contents_of(out / "trials.jsonl"), HasSubstr(R"("peak_live_units":10)"));
}

TEST(Experiment, WithASubjectThatCannotDoTheTablesWorkIsRefused) {
  const subjects::ScratchFolder folder;
  const auto refusal = [&](const std::string& table) {
    test::write_text(folder.path() / "x.toml", "name = \"x\"\n[[tables]]\n" + table);
    const auto result = bakeoff_call({"run", (folder.path() / "x.toml").string(), "--dry-run"});
    EXPECT_EQ(result.status, 2) << result.output;
    return result.errors;
  };
  EXPECT_THAT(refusal("workload = \"http\"\nsubjects = [\"pool\"]"),
              HasSubstr("subjects[0]: found \"pool\", expected a model or a server: an executor runs jobs only"));
  EXPECT_THAT(refusal("job = \"count\"\nsubjects = [\"isolation\"]"), HasSubstr("a probe has tables of its own"));
  EXPECT_THAT(refusal("probe = \"lifecycle\"\nsubjects = [\"thread\"]"), HasSubstr("expected one of the probes"));
}

}  // namespace
}  // namespace bakeoff::e2e
