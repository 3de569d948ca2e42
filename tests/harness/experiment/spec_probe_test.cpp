// Experiments whose tables name their own subjects: executors for a job, probes for what they measure.
#include <gmock/gmock.h>

#include "harness/experiment/narrow.h"
#include "harness/experiment/plan.h"

namespace bakeoff::experiment {
namespace {

using testing::ElementsAre;

Names names() {
  Names known{.models = {"threads", "fibers"}, .workloads = {"echo"}, .jobs = {"count"}, .measures = {"switch"}};
  known.fault = [](const std::string& subject) -> std::optional<NameFault> {
    if (subject == "thread" || subject == "pipe") return std::nullopt;
    return NameFault{"\"" + subject + "\"", "something that there is"};
  };
  known.misplaced = [](const std::string& subject, journal::TrialKind kind,
                       const std::string& work) -> std::optional<NameFault> {
    const bool fits = kind == journal::TrialKind::probe ? subject == "pipe" : subject != "pipe";
    if (fits) return std::nullopt;
    return NameFault{"\"" + subject + "\"", "what can do " + work};
  };
  return known;
}

std::string error_of(std::string_view toml) {
  try {
    parse_spec(toml, "x.toml", names());
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(SpecProbe, WithoutSubjectsAnExperimentHasThoseOfItsTables) {
  const Spec spec = parse_spec(
      "name = \"x\"\nbaseline = \"thread\"\n"
      "[[tables]]\nprobe = \"switch\"\nsubjects = [\"pipe\"]\n"
      "[[tables]]\njob = \"count\"\nsubjects = [\"thread\", \"fibers\"]\n"
      "[[tables]]\nworkload = \"echo\"\n",
      "x.toml", names());
  EXPECT_THAT(spec.subjects, ElementsAre("pipe", "thread", "fibers", "threads"));
  EXPECT_THAT(subjects_of(spec, spec.tables[0]), ElementsAre("pipe"));
  EXPECT_THAT(subjects_of(spec, spec.tables[2]), ElementsAre("threads", "fibers"));
  EXPECT_EQ(baseline_of(spec, spec.tables[0]), "pipe");
  EXPECT_EQ(baseline_of(spec, spec.tables[1]), "thread");
  EXPECT_EQ(spec.tables[0].name, "switch");
  const Plan plan = make_plan(spec);
  const journal::Trial row = planned_row(plan, plan.trials.front());
  EXPECT_EQ(row.params.kind, journal::TrialKind::probe);
  EXPECT_EQ(row.workload, "switch");
  EXPECT_EQ(row.params.units, std::nullopt);
}

TEST(SpecProbe, WithoutSubjectsATableHasTheProbesThatMeasureIt) {
  Names known = names();
  known.probes = [](const std::string& measure) { return std::vector<std::string>{measure + "-pipe"}; };
  known.misplaced = {};
  const Spec spec = parse_spec("name = \"x\"\n[[tables]]\nprobe = \"switch\"", "x.toml", known);
  EXPECT_THAT(subjects_of(spec, spec.tables[0]), ElementsAre("switch-pipe"));
}

TEST(SpecProbe, NarrowingToASubjectThatATableHasNoPlaceForSaysWhich) {
  const Spec spec =
      parse_spec("name = \"x\"\n[[tables]]\njob = \"count\"\n[[tables]]\nworkload = \"echo\"", "x.toml", names());
  const auto narrowed_to = [&](const std::string& subject, const std::vector<std::string>& works) -> std::string {
    const std::vector<std::string> subjects{subject};
    try {
      narrow(spec, subjects, works, names());
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(narrowed_to("pipe", {}), "--subjects: found \"pipe\" for table \"count\", expected what can do count");
  EXPECT_EQ(narrowed_to("pipe", {"echo"}), "--subjects: found \"pipe\" for table \"echo\", expected what can do echo");
  EXPECT_EQ(narrowed_to("thread", {"count"}), "");
}

TEST(SpecProbe, RefusesSubjectsThatCannotDoTheTablesWork) {
  EXPECT_EQ(error_of("name = \"x\"\n[[tables]]\nprobe = \"switch\"\nsubjects = [\"pipe\", \"thread\"]"),
            "x.toml:4: tables[0].subjects[1]: found \"thread\", expected what can do switch");
  EXPECT_EQ(error_of("name = \"x\"\n[[tables]]\njob = \"count\"\nsubjects = [\"pipe\"]"),
            "x.toml:4: tables[0].subjects[0]: found \"pipe\", expected what can do count");
  EXPECT_EQ(error_of("name = \"x\"\n[[tables]]\nprobe = \"switch\"\nsubjects = [\"pope\"]"),
            "x.toml:4: tables[0].subjects[0]: found \"pope\", expected something that there is");
}

TEST(SpecProbe, RefusesKeysThatProbesDoNotHave) {
  EXPECT_EQ(error_of("name = \"x\"\n[[tables]]\nprobe = \"switch\"\nsubjects = [\"pipe\"]\nunits = 2"),
            "x.toml:5: tables[0].units: found 2, expected it only beside a workload or a job; a probe has settings");
  EXPECT_EQ(error_of("name = \"x\"\n[[tables]]\nprobe = \"swich\""),
            "x.toml:3: tables[0].probe: found \"swich\", expected one of switch; did you mean \"switch\"?");
  EXPECT_EQ(error_of("name = \"x\"\n[[tables]]\nprobe = \"switch\"\njob = \"count\""),
            "x.toml:4: tables[0].job: found several, expected either a workload (echo) or a job (count) or a probe "
            "(switch)");
}

TEST(SpecProbe, AJobMayBeHeldOnOneCpu) {
  const Spec spec = parse_spec(
      "name = \"x\"\n[[tables]]\njob = \"count\"\nsubjects = [\"thread\"]\nplacement = \"one-cpu\"", "x.toml", names());
  EXPECT_TRUE(spec.tables[0].one_cpu);
}

}  // namespace
}  // namespace bakeoff::experiment
