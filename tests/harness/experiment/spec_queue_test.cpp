// Experiments whose subjects take jobs from a queue.
#include <gmock/gmock.h>

#include "harness/experiment/plan.h"
#include "harness/experiment/spec.h"
#include "harness/input/input_error.h"
#include "tests/harness/fixtures/small_inventory.h"

namespace bakeoff::experiment {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Of its executors, process and thread have workers; go is a runtime that has them, nginx is none.
subjects::Inventory worker_inventory() {
  subjects::Inventory inventory = test::small_inventory();
  inventory.executors_and_probes.front().takes_jobs = true;
  subjects::Subject thread = test::named_subject("thread", subjects::Role::executor);
  thread.takes_jobs = true;
  thread.max_units = 100;
  thread.executor = thread.name;
  thread.settings = {{.name = "discipline", .meaning = "", .default_value = "mutex", .choices = {"mutex", "atomic"}}};
  inventory.jobs.front().settings = thread.settings;
  inventory.executors_and_probes.push_back(thread);
  subjects::ForeignServer works;
  works.work = {"go"};
  subjects::Subject go = test::named_subject("go");
  go.foreign = std::make_shared<const subjects::ForeignServer>(works);
  inventory.subjects.push_back(go);
  return inventory;
}

Spec parsed(const std::string& table) {
  return parse_spec("name = \"x\"\n[[tables]]\n" + table, "x.toml", worker_inventory());
}

std::string error_of_queue(const std::string& table) {
  try {
    parsed(table);
  } catch (const input::InputError& error) {
    return error.what();
  }
  return "";
}

TEST(SpecQueue, HasDefaults) {
  const Spec spec = parsed("queue = \"work:1000\"");
  const TableSpec& table = spec.tables.at(0);
  EXPECT_EQ(table.kind, journal::TrialKind::queue);
  EXPECT_EQ(table.name, "queue");
  EXPECT_EQ(table.work, "work:1000");
  EXPECT_EQ(table.units, subjects::kOneUnitPerCpu);
  ASSERT_TRUE(table.queue);
  EXPECT_EQ(table.queue->jobs, 1000u);
  EXPECT_EQ(table.queue->rate_rps, 0);
  EXPECT_EQ(table.queue->acknowledge, "after");
  EXPECT_EQ(table.queue->kill, "none");
  EXPECT_THAT(table.subjects, ElementsAre("process", "thread")) << "the executors that have workers";
}

TEST(SpecQueue, ReadsItsKeys) {
  const Spec spec = parsed(
      "name = \"q\"\nqueue = \"wait:exponential:2000\"\nsubjects = [\"thread\", \"go\"]\nunits = 8\njobs = 50\n"
      "rate_rps = 20\narrivals = \"poisson\"\nacknowledge = \"before\"\nkill = \"worker\"\nplacement = \"one-cpu\"");
  const Plan plan = make_plan(spec);
  const journal::Trial row = planned_row(plan, plan.trials.front());
  EXPECT_EQ(row.workload, "wait:exponential:2000");
  EXPECT_EQ(row.params.kind, journal::TrialKind::queue);
  EXPECT_EQ(row.params.units, 8u);
  ASSERT_TRUE(row.params.queue);
  EXPECT_EQ(row.params.queue->jobs, 50u);
  EXPECT_EQ(row.params.queue->rate_rps, 20);
  EXPECT_TRUE(row.params.queue->poisson);
  EXPECT_EQ(row.params.queue->acknowledge, "before");
  EXPECT_EQ(row.params.queue->kill, "worker");
  EXPECT_TRUE(spec.tables[0].one_cpu);
  EXPECT_GT(estimate_s(spec, spec.tables[0]), 2.5);
}

TEST(SpecQueue, MayBeSweptOverItsNumbers) {
  EXPECT_EQ(parsed("queue = \"work:1000\"\nunits = [1, 4]").tables.size(), 2u);
  EXPECT_EQ(parsed("queue = \"work:1000\"\nrate_rps = [10, 40]").tables[1].name, "queue-40");
  EXPECT_EQ(parsed("queue = \"work:1000\"\njobs = [10, 40]").tables[1].queue->jobs, 40u);
}

TEST(SpecQueue, SaysWhatIsWrongInOneLine) {
  EXPECT_EQ(error_of_queue("queue = \"sleep:5\""),
            "x.toml:3: tables[0].queue: found \"sleep:5\", expected what a job does (found 'sleep:5', expected "
            "wait:exponential:MEAN_US or work:ROUNDS, with at most 500000000 rounds)");
  EXPECT_THAT(error_of_queue("queue = \"wait:often:5\""), HasSubstr("tables[0].queue: found \"wait:often:5\""));
  EXPECT_EQ(error_of_queue("queue = \"work:5\"\njobs = 0"),
            "x.toml:4: tables[0].jobs: found 0, expected a whole number from 1 to 1000000");
  EXPECT_EQ(error_of_queue("queue = \"work:5\"\nacknowledge = \"never\""),
            "x.toml:4: tables[0].acknowledge: found \"never\", expected one of after, before");
  EXPECT_EQ(error_of_queue("queue = \"work:5\"\nkill = \"all\""),
            "x.toml:4: tables[0].kill: found \"all\", expected one of none, worker");
  EXPECT_EQ(error_of_queue("queue = \"work:5\"\narrivals = \"poisson\""),
            "x.toml:4: tables[0].arrivals: found \"poisson\", expected it only beside rate_rps: a backlog is all there "
            "at once");
  EXPECT_EQ(error_of_queue("queue = \"work:5\"\nwindow_s = 1"),
            "x.toml:4: tables[0].window_s: found 1, expected it only beside a workload or a job");
  EXPECT_EQ(error_of_queue("job = \"count\"\nkill = \"worker\""),
            "x.toml:4: tables[0].kill: found \"worker\", expected it only beside queue");
  EXPECT_EQ(error_of_queue("workload = \"echo\"\njobs = 5"),
            "x.toml:4: tables[0].jobs: found 5, expected it only beside queue");
  EXPECT_THAT(error_of_queue("queue = \"work:5\"\njob = \"count\""),
              HasSubstr("tables[0].job: found several, expected"));
  EXPECT_EQ(error_of_queue("queue = \"work:5\"\nsubjects = [\"thread\"]\nunits = 101"),
            "x.toml:5: tables[0].units: found 101, expected a whole number from 1 to 100: of thread they are those of "
            "the executor thread");
}

TEST(SpecQueue, TakesSubjectsThatHaveWorkers) {
  EXPECT_EQ(error_of_queue("queue = \"work:5\"\nsubjects = [\"threads\"]"),
            "x.toml:4: tables[0].subjects[0]: found \"threads\", expected a kind of worker (process, thread) or a "
            "runtime's program");
  EXPECT_THAT(error_of_queue("queue = \"work:5\"\nsubjects = [\"sequential\"]"),
              HasSubstr("expected a kind of worker"));
  EXPECT_EQ(
      error_of_queue("queue = \"work:5\"\nsubjects = [\"thread:discipline=atomic\"]"),
      "x.toml:4: tables[0].subjects[0]: found the setting \"discipline\" in \"thread:discipline=atomic\", expected "
      "none that belongs to a job: a queue has jobs of its own");
}

}  // namespace
}  // namespace bakeoff::experiment
