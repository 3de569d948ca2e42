// Jobs on executors and probes: once by hand, and as tables of an experiment.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/journal/trial_json.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::HasSubstr;

TEST(Job, PrintsWhatItMeasuredBesideItsAnswer) {
  const auto result = bakeoff_call({"job", "coroutine", "skynet", "--units", "1", "--size", "1000"});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("right · answer 499500"));
  EXPECT_THAT(result.output, HasSubstr("leaf ns"));
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
  EXPECT_THAT(result.output, HasSubstr("| subject | place | pss KiB |"));
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
