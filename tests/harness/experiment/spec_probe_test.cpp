// Experiments whose tables name their own subjects: executors for a job, probes for what they measure.
#include <gmock/gmock.h>

#include "harness/experiment/narrow.h"
#include "harness/experiment/plan.h"
#include "harness/input/input_error.h"
#include "tests/harness/fixtures/small_inventory.h"

namespace bakeoff::experiment {
namespace {

using testing::ElementsAre;

/// An executor and a probe beside two models.
subjects::Inventory probe_inventory() {
  subjects::Subject pipe = test::named_subject("pipe", subjects::Role::probe);
  pipe.measures = "switch";
  subjects::Inventory made;
  made.subjects = {test::named_subject("threads"), test::named_subject("fibers")};
  made.executors_and_probes = {test::named_subject("thread", subjects::Role::executor), pipe};
  made.workloads = {{"echo", ""}};
  made.jobs.resize(1);
  made.jobs.front().name = "count";
  return made;
}

std::string error_of_probe_spec(std::string_view toml) {
  try {
    parse_spec(toml, "x.toml", probe_inventory());
  } catch (const input::InputError& error) {
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
      "x.toml", probe_inventory());
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
  subjects::Inventory known = probe_inventory();
  subjects::Subject futex = test::named_subject("futex", subjects::Role::probe);
  futex.measures = "switch";
  subjects::Subject copy = test::named_subject("copy", subjects::Role::probe);
  copy.measures = "memory";
  known.executors_and_probes.insert(known.executors_and_probes.end(), {futex, copy});
  const Spec spec = parse_spec("name = \"x\"\n[[tables]]\nprobe = \"switch\"", "x.toml", known);
  EXPECT_THAT(subjects_of(spec, spec.tables[0]), ElementsAre("pipe", "futex"));
}

TEST(SpecProbe, NarrowingToASubjectThatATableHasNoPlaceForSaysWhich) {
  const Spec spec = parse_spec("name = \"x\"\n[[tables]]\njob = \"count\"\n[[tables]]\nworkload = \"echo\"", "x.toml",
                               probe_inventory());
  const auto narrowed_to = [&](const std::string& subject, const std::vector<std::string>& works) -> std::string {
    const std::vector<std::string> subjects{subject};
    try {
      narrow(spec, subjects, works, probe_inventory());
    } catch (const input::InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(narrowed_to("pipe", {}),
            "--subjects: found \"pipe\" for table \"count\", expected a model or an executor: a probe "
            "has tables of its own");
  EXPECT_EQ(
      narrowed_to("pipe", {"echo"}),
      "--subjects: found \"pipe\" for table \"echo\", expected a model or an executor: a probe has tables of its own");
  EXPECT_EQ(narrowed_to("thread", {"count"}), "");
}

TEST(SpecProbe, RefusesSubjectsThatCannotDoTheTablesWork) {
  EXPECT_EQ(error_of_probe_spec("name = \"x\"\n[[tables]]\nprobe = \"switch\"\nsubjects = [\"pipe\", \"thread\"]"),
            "x.toml:4: tables[0].subjects[1]: found \"thread\", expected one of the probes pipe");
  EXPECT_EQ(error_of_probe_spec("name = \"x\"\n[[tables]]\njob = \"count\"\nsubjects = [\"pipe\"]"),
            "x.toml:4: tables[0].subjects[0]: found \"pipe\", expected a model or an executor: a probe has tables of "
            "its own");
  EXPECT_EQ(error_of_probe_spec("name = \"x\"\n[[tables]]\nprobe = \"switch\"\nsubjects = [\"pope\"]"),
            "x.toml:4: tables[0].subjects[0]: found \"pope\", expected one of threads, fibers");
}

TEST(SpecProbe, RefusesKeysThatProbesDoNotHave) {
  EXPECT_EQ(error_of_probe_spec("name = \"x\"\n[[tables]]\nprobe = \"switch\"\nsubjects = [\"pipe\"]\nunits = 2"),
            "x.toml:5: tables[0].units: found 2, expected it only beside a workload or a job; a probe has settings");
  EXPECT_EQ(error_of_probe_spec("name = \"x\"\n[[tables]]\nprobe = \"swich\""),
            "x.toml:3: tables[0].probe: found \"swich\", expected one of switch; did you mean \"switch\"?");
  EXPECT_EQ(error_of_probe_spec("name = \"x\"\n[[tables]]\nprobe = \"switch\"\njob = \"count\""),
            "x.toml:4: tables[0].job: found several, expected either a workload (echo) or a job (count) or a probe "
            "(switch) or a queue (wait:exponential:2000, work:100000) or a startup (of a workload's server)");
}

TEST(SpecProbe, AJobMayBeHeldOnOneCpu) {
  const Spec spec =
      parse_spec("name = \"x\"\n[[tables]]\njob = \"count\"\nsubjects = [\"thread\"]\nplacement = \"one-cpu\"",
                 "x.toml", probe_inventory());
  EXPECT_TRUE(spec.tables[0].one_cpu);
}

}  // namespace
}  // namespace bakeoff::experiment
