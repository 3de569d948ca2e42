// Names that somebody wrote otherwise than they are written.
#include <gmock/gmock.h>

#include <functional>

#include "harness/experiment/narrow.h"
#include "harness/experiment/table_subjects.h"
#include "harness/input/input_error.h"
#include "harness/input/nearest_name.h"
#include "harness/subjects/variant.h"

namespace bakeoff::experiment {
namespace {

using testing::ElementsAre;
using testing::Optional;

const std::vector<std::string> kNamesInUse{"threads", "thread-pool", "event-loop", "event-loops", "process", "echo"};

TEST(IntendedName, MayDifferInCaseAndUnderscoresAndInSingularAndPlural) {
  EXPECT_THAT(input::intended_name("thread", kNamesInUse), Optional(std::string("threads")));
  EXPECT_THAT(input::intended_name("Threads", kNamesInUse), Optional(std::string("threads")));
  EXPECT_THAT(input::intended_name("thread_pool", kNamesInUse), Optional(std::string("thread-pool")));
  EXPECT_THAT(input::intended_name("threads-pools", kNamesInUse), Optional(std::string("thread-pool")));
  EXPECT_THAT(input::intended_name("processes", kNamesInUse), Optional(std::string("process")));
  EXPECT_THAT(input::intended_name("echoes", kNamesInUse), Optional(std::string("echo")));
}

TEST(IntendedName, IsNoOtherWordAndNoneThatTwoNamesAreAlike) {
  EXPECT_EQ(input::intended_name("event-loop", kNamesInUse), "event-loop") << "what is there is meant";
  EXPECT_EQ(input::intended_name("Event_Loops", kNamesInUse), "event-loops") << "the one that is more alike";
  EXPECT_EQ(input::intended_name("events-loop", kNamesInUse), std::nullopt) << "either of two";
  EXPECT_EQ(input::intended_name("threading", kNamesInUse), std::nullopt);
  EXPECT_EQ(input::intended_name("threadpool", kNamesInUse), std::nullopt);
  EXPECT_EQ(input::intended_name("", kNamesInUse), std::nullopt);
  EXPECT_EQ(input::intended_name("s", kNamesInUse), std::nullopt);
  EXPECT_EQ(input::intended_name("-", kNamesInUse), std::nullopt);
  EXPECT_EQ(input::intended_name("thread", {}), std::nullopt);
}

TEST(IntendedName, IsTakenFromThoseThatFit) {
  const std::vector<std::string> both{"thread", "threads"};
  EXPECT_EQ(input::intended_name("thread", both), "thread");
  EXPECT_EQ(input::intended_name(input::close_names("thread", both),
                                 [](const std::string& name) { return name == "threads"; }),
            "threads");
  EXPECT_EQ(input::intended_name(input::close_names("thread", both), [](const std::string&) { return false; }),
            std::nullopt);
}

TEST(Nearest, OfAPartIsEveryNameThatHasIt) {
  const std::vector<std::string> probes{"switch-pipe", "message-pipe", "switch-futex"};
  EXPECT_EQ(input::did_you_mean("pipe", probes), "; did you mean \"switch-pipe\" or \"message-pipe\"?");
  EXPECT_EQ(input::did_you_mean("socket", probes), "");
}

/// A model and an executor of nearly one name, and a server that answers "/" of http only.
subjects::Inventory inventory() {
  subjects::Subject threads, thread, fibers, server;
  threads.name = threads.model = "threads";
  fibers.name = fibers.model = "fibers";
  fibers.store = "locked";
  fibers.settings = {
      {.name = "stack-kib", .meaning = "", .default_value = "64", .choices = {}, .least = 16, .most = 99},
      {.name = "guard", .meaning = "", .default_value = "yes", .choices = {"yes", "no"}}};
  thread.name = thread.model = "thread";
  thread.role = subjects::Role::executor;
  server.name = server.model = "space";
  const auto foreign = std::make_shared<subjects::ForeignServer>();
  foreign->serves = {{"http", {"/"}}};
  server.foreign = foreign;
  subjects::Inventory made;
  made.subjects = {threads, fibers, server};
  made.executors_and_probes = {thread};
  made.workloads = {{"echo", ""}, {"http", ""}};
  made.jobs.resize(1);
  made.jobs.front().name = "count";
  return made;
}

TEST(AlikeVariants, HaveTheSettingsOfTheNameInTheWordsOfTheSubject) {
  const input::CloseNames alike =
      subjects::close_variants(inventory(), "Fiber:Stack_KiB=64:guards=NO:store=process-shared");
  EXPECT_THAT(alike[0], ElementsAre());
  EXPECT_THAT(alike[1], ElementsAre());
  EXPECT_THAT(alike[2], ElementsAre("fibers:stack-kib=64:guard=no:store=process_shared"));
  EXPECT_THAT(subjects::close_variants(inventory(), "thread:unit=2")[0], ElementsAre("thread:units=2"));
  EXPECT_THAT(subjects::close_variants(inventory(), "thread:unit=2")[2], ElementsAre("threads:units=2"));
  EXPECT_THAT(subjects::close_variants(inventory(), "fibers:stak=1:=:")[0], ElementsAre("fibers:stak=1:=:"))
      << "is told as it is";
}

struct Told {
  Spec spec;
  std::vector<std::string> lines;
  std::string error;
};

Told told(const std::function<Spec(const input::Tell&)>& work) {
  Told told;
  try {
    told.spec = work([&](const std::string& line) { told.lines.push_back(line); });
  } catch (const input::InputError& error) {
    told.error = error.what();
  }
  return told;
}

Told parsed(const std::string& toml) {
  return told([&](const input::Tell& tell) { return parse_spec(toml, "x.toml", inventory(), tell); });
}

constexpr const char* kOfAll = R"(
name = "x"
subjects = ["threads", "fibers"]
[[tables]]
workload = "echo"
[[tables]]
workload = "http"
[[tables]]
name = "ids"
workload = "http"
request = "/id/{k}"
[[tables]]
job = "count"
)";
constexpr const char* kOfTheirOwn = R"(
name = "x"
baseline = "fibers"
[[tables]]
workload = "echo"
subjects = ["fibers"]
[[tables]]
workload = "http"
subjects = ["threads", "fibers"]
)";

Told narrowed(const std::string& toml, const std::vector<std::string>& subjects,
              const std::vector<std::string>& workloads = {}) {
  return told([&](const input::Tell& tell) {
    const Spec spec = parse_spec(toml, "x.toml", inventory(), tell);
    return narrow(spec, subjects, workloads, inventory(), tell);
  });
}

std::vector<std::string> tables_of(const Spec& spec) {
  std::vector<std::string> found;
  for (const TableSpec& table : spec.tables) {
    found.push_back(table.name + ": " + input::join_names(subjects_of(spec, table)));
  }
  return found;
}

TEST(NamesOfAnExperiment, AreTakenForTheOnlyOnesThatCanBeMeantAndToldWithTheirPlace) {
  const Told told = parsed(
      "name = \"x\"\nsubjects = [\"thread\", \"Fibers\"]\nbaseline = \"fiber\"\n"
      "[[tables]]\nworkload = \"HTTP\"\nload = \"Closed\"\nsubjects = [\"thread\"]\n"
      "[[tables]]\nworkload = \"echo\"\n");
  EXPECT_EQ(told.error, "");
  EXPECT_THAT(told.spec.subjects, ElementsAre("threads", "fibers"));
  EXPECT_EQ(told.spec.baseline, "fibers");
  EXPECT_THAT(tables_of(told.spec), ElementsAre("http: threads", "echo: threads, fibers"));
  const auto line = [&](const std::string& text) { return testing::Contains(text); };
  EXPECT_THAT(told.lines, line("x.toml:2: subjects[0]: found \"thread\", took \"threads\""));
  EXPECT_THAT(told.lines, line("x.toml:3: baseline: found \"fiber\", took \"fibers\""));
  EXPECT_THAT(told.lines, line("x.toml:5: tables[0].workload: found \"HTTP\", took \"http\""));
  EXPECT_THAT(told.lines, line("x.toml:7: tables[0].subjects[0]: found \"thread\", took \"threads\""));
}

TEST(NamesOfAnExperiment, ThatAreThereAreTakenAsTheyStand) {
  const Told job = parsed("name = \"x\"\nsubjects = [\"thread\", \"threads\"]\n[[tables]]\njob = \"count\"\n");
  EXPECT_THAT(job.spec.subjects, ElementsAre("thread", "threads"));
  EXPECT_THAT(job.lines, ElementsAre());
  const Told twice = parsed("name = \"x\"\nsubjects = [\"thread\", \"threads\"]\n[[tables]]\nworkload = \"echo\"\n");
  EXPECT_EQ(twice.error, "x.toml:2: subjects[1]: found \"threads\" twice, expected each subject once");
}

TEST(Narrow, TakesTheWordThatHasAPlaceInEveryTable) {
  const Told thread = narrowed(kOfAll, {"thread"});
  EXPECT_THAT(thread.spec.subjects, ElementsAre("threads"));
  EXPECT_THAT(thread.lines, ElementsAre("--subjects: found \"thread\", took \"threads\""));
  EXPECT_THAT(narrowed(kOfAll, {"thread"}, {"counts"}).spec.subjects, ElementsAre("thread"));
  EXPECT_THAT(narrowed(kOfAll, {"thread"}, {"counts"}).lines,
              ElementsAre("--workloads: found \"counts\", took \"count\""));
}

TEST(Narrow, LeavesAServerOfOnesOwnAloneInTheTablesWhoseWorkItDoes) {
  const Told all = narrowed(kOfAll, {"space"});
  EXPECT_EQ(all.error, "");
  EXPECT_THAT(tables_of(all.spec), ElementsAre("http: space"));
  EXPECT_EQ(all.spec.baseline, "space");
  EXPECT_THAT(all.lines, ElementsAre("--subjects: no subject is left for echo, ids, count; \"space\" is not in echo, "
                                     "ids, count: it serves http (/) only"));
  const Told own = narrowed(kOfTheirOwn, {"space"});
  EXPECT_THAT(tables_of(own.spec), ElementsAre("http: space"));
  EXPECT_EQ(baseline_of(own.spec, own.spec.tables[0]), "space");
}

TEST(Narrow, LetsAServerOfOnesOwnJoinTheTablesWhoseWorkItDoes) {
  const Told beside = narrowed(kOfAll, {"fibers", "space"}, {"http"});
  EXPECT_THAT(tables_of(beside.spec), ElementsAre("http: fibers, space", "ids: fibers"));
  EXPECT_THAT(beside.lines, ElementsAre("--subjects: \"space\" is not in ids: it serves http (/) only"));
  EXPECT_THAT(tables_of(narrowed(kOfTheirOwn, {"space", "threads", "fibers"}).spec),
              ElementsAre("echo: fibers", "http: threads, fibers, space"));
  EXPECT_THAT(narrowed(kOfTheirOwn, {"threads"}).lines, ElementsAre("--subjects: no subject is left for echo"));
}

TEST(WhyNotAnswered, OfAProgramThatRunsJobsIsWhichJobs) {
  subjects::ForeignServer foreign;
  foreign.run = {"program"};
  foreign.jobs = {"count"};
  subjects::Subject program;
  program.name = program.model = "program";
  program.foreign = std::make_shared<subjects::ForeignServer>(foreign);
  subjects::Inventory inventory;
  inventory.subjects.push_back(program);
  TableSpec table;
  table.kind = journal::TrialKind::job;
  table.work = "count";
  EXPECT_EQ(why_not_answered(table, "program", inventory), "");
  table.work = "image";
  EXPECT_EQ(why_not_answered(table, "program", inventory), "it runs count only");
}

TEST(Narrow, WhatHasNoPlaceAnywhereIsRefusedWithTheReason) {
  EXPECT_EQ(narrowed(kOfAll, {"space"}, {"echo"}).error,
            "--subjects: found \"space\", but it serves http (/) only; expected one for table \"echo\" (echo)");
  EXPECT_EQ(narrowed(kOfAll, {"space"}, {"http", "echo"}).error, "");
  // With others it is left out: a folder may bring several.
  const Told beside = narrowed(kOfAll, {"fibers", "space"}, {"echo"});
  EXPECT_THAT(beside.spec.subjects, ElementsAre("fibers"));
  EXPECT_THAT(beside.lines, ElementsAre("--subjects: \"space\" is not in echo: it serves http (/) only"));
}

TEST(ChooseSubjects, DoesTheSameAgainToARunThatIsResumed) {
  const std::vector<std::string> subjects{"fibers", "space"};
  const Told first = narrowed(kOfTheirOwn, subjects);
  const Told again = told([&](const input::Tell& tell) {
    Spec spec = parse_spec(kOfTheirOwn, "x.toml", inventory(), tell);
    choose_subjects(spec, first.spec.subjects, inventory(), tell);
    choose_subjects(spec, first.spec.subjects, inventory(), tell);
    return spec;
  });
  EXPECT_EQ(tables_of(again.spec), tables_of(first.spec));
  EXPECT_THAT(tables_of(first.spec), ElementsAre("echo: fibers", "http: fibers, space"));
}

}  // namespace
}  // namespace bakeoff::experiment
