// Names on the command line: the ones that everybody mixes up, the ones that are missing, and a server of one's own.
#include <gmock/gmock.h>

#include <regex>

#include "tests/e2e/foreign_server_fixture.h"

namespace bakeoff::e2e {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

TEST(Serve, RefusesWhatTheModelCannotHaveAsRunDoes) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy", R"("threads", "http", "--port", "@port@")",
                     "[units]\nunit = \"thread\"\nmeaning = \"workers\"\nmost = 3");
  const std::vector<std::pair<std::vector<std::string>, std::string>> table{
      {{"event-loop", "http", "--units", "4"}, "--units: found 4, expected 1: of event-loop they are loops, always 1"},
      {{"event-loops", "http", "--units", "257"}, "--units: found 257, expected a whole number from 1 to 256: of "},
      {{"event-loops:units=2", "http", "--units", "2"},
       "--units: found 2 beside \"event-loops:units=2\", expected one"},
      {{"threads", "http", "--message-bytes", "16"},
       "--message-bytes: found 16 for http, expected it only beside echo"},
      {{"toy", "http", "--units", "4"},
       "--units: found 4, expected a whole number from 1 to 3: of toy they are workers"},
      {{"toy:units=2", "http", "--units", "2"}, "--units: found 2 beside \"toy:units=2\", expected one of the two"},
      {{"event-loop:store=lokced", "http"}, "did you mean \"locked\"?"},
      {{"event-loop:stor=locked", "http"}, "did you mean \"store\"?"},
  };
  for (const auto& [words, expected] : table) {
    std::vector<std::string> arguments{"serve"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    Call call(bakeoff_program(), arguments, fixture.as_config());
    const auto said = call.process().read_line(std::chrono::seconds{20});
    EXPECT_FALSE(said) << "it serves: " << *said;
    if (said) ::kill(call.process().pid(), SIGINT);
    const auto result = call.finish();
    EXPECT_EQ(result.status, 2) << words[0] << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(expected));
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
  }
}

TEST(Subject, RefusesOptionsThatWouldHaveNoEffect) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> table{
      {{"threads", "http", "--message-bytes", "16"}, "--message-bytes: found it beside http, expected it beside echo"},
      {{"threads", "http", "--store-bytes", "2000000"},
       "--store-bytes: found it beside http, expected it beside counter"},
      {{"prefork", "echo", "--unread-bytes", "2000000"},
       "--unread-bytes: found it beside echo, expected it beside counter"},
      {{"threads", "counter", "--arena-bytes", "2000000"}, "unknown option '--arena-bytes'"},
      {{"event-loops", "http", "--set", "listen=shared", "--set", "listen=reuseport"}, "--set: found listen twice"},
  };
  for (const auto& [words, expected] : table) {
    std::vector<std::string> arguments{"serve"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    arguments.emplace_back("--check");
    const auto result = Call(std::filesystem::path(BAKEOFF_BIN_DIR) / "bakeoff-subject", arguments).finish();
    EXPECT_EQ(result.status, 2) << words[0];
    EXPECT_THAT(result.errors, HasSubstr(expected));
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
  }
}

TEST(Names, OfTheOtherNumberAreTakenWhereOnlyOneCanBeMeantAndItIsTold) {
  const auto job = bakeoff_call({"job", "Fibers", "counts", "--units", "2", "--size", "1000", "--format", "JSON"});
  EXPECT_EQ(job.status, 0) << job.errors;
  EXPECT_THAT(job.errors, AllOf(HasSubstr("bakeoff: found \"Fibers\", took \"fibers\"\n"),
                                HasSubstr("bakeoff: found \"counts\", took \"count\"\n"),
                                HasSubstr("bakeoff: found \"JSON\", took \"json\"\n")));
  EXPECT_THAT(job.output, HasSubstr("\"subject\":\"fibers\""));
  const auto executor = bakeoff_call({"job", "thread", "count", "--units", "2", "--size", "1000"});
  EXPECT_EQ(executor.errors, "") << "what is there is meant";

  Call serve(bakeoff_program(), {"serve", "thread", "HTTP"});
  EXPECT_THAT(serve.process().read_line(std::chrono::seconds{20}).value_or(""), HasSubstr("threads serves http on "));
  ::kill(serve.process().pid(), SIGINT);
  EXPECT_EQ(serve.finish().errors,
            "bakeoff: found \"thread\", took \"threads\"\nbakeoff: found \"HTTP\", took \"http\"\n");

  const auto run =
      bakeoff_call({"run", "Quick", "--dry-run", "--subjects", "thread,fiber:Stack_KiB=32", "--workloads", "counters"});
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.output, HasSubstr("subjects: threads (baseline), fibers:stack-kib=32\n"));
  EXPECT_EQ(std::count(run.errors.begin(), run.errors.end(), '\n'), 4) << run.errors;
  EXPECT_THAT(bakeoff_call({"list", "workload"}).errors, HasSubstr("took \"workloads\""));
}

TEST(Names, OfAnExperimentsFileAreTakenTheSameWay) {
  const ForeignServerFixture fixture;
  const auto dry =
      bakeoff_call({"run", fixture.experiment("workload = \"Http\"", "\"thread\", \"event_loop\""), "--dry-run"});
  EXPECT_EQ(dry.status, 0) << dry.errors;
  EXPECT_THAT(dry.output, HasSubstr("subjects: threads (baseline), event-loop\n"));
  EXPECT_THAT(dry.errors, HasSubstr("toy.toml:2: subjects[0]: found \"thread\", took \"threads\"\n"));
}

TEST(Names, InTheOtherOrderAreSwappedAndItIsTold) {
  const auto job = bakeoff_call({"job", "shared-count", "thread", "--units", "1", "--size", "1000"});
  EXPECT_EQ(job.status, 0) << job.errors;
  EXPECT_EQ(job.errors, "bakeoff: found \"shared-count thread\", took \"thread shared-count\"\n");
  EXPECT_THAT(bakeoff_call({"serve", "http", "event-loop", "--units", "4"}).errors,
              HasSubstr("found \"http event-loop\", took \"event-loop http\"\n"));
  EXPECT_THAT(bakeoff_call({"job", "shared-count", "shared-count"}).errors,
              HasSubstr("found executor or model \"shared-count\", expected one of "));
}

TEST(Names, ThatAreMissingOrUnknownAreToldWhatThereIs) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> table{
      {{"probe"}, "found no probe, expected one of lifecycle, message, spawn, switch, script, affinity, clone-flags, "},
      {{"probe", "swich"}, "did you mean \"switch\"?"},
      {{"probe", "futex"}, "did you mean \"message-futex\" or \"switch-futex\"?"},
      {{"job"}, "found no executor or model, expected one of "},
      {{"job", "thread"}, "found no job, expected one of "},
      {{"job", "count"}, "found no executor or model, expected one of "},
      {{"job", "count", "thraed"}, "found executor or model \"count\", expected one of "},
      {{"serve"}, "found no model, expected one of "},
      {{"serve", "threads"}, "found no workload, expected one of echo, http, counter"},
      {{"syscalls"}, "found no model, expected one of "},
      {{"syscalls", "threads"}, "found no workload, expected one of echo, http, counter"},
      {{"load"}, "expected tcp://host:port, http://host[:port]/target or redis://"},
      {{"load", "htp://127.0.0.1:1/"}, "is none of tcp, http, redis; did you mean \"http\"?"},
      {{"report"}, "expected one that bakeoff run has written"},
      {{"compare"}, "compare: found no folder, expected two, or --last for the second"},
      {{"run", "quik"}, "did you mean \"quick\"?"},
      {{"run", "quick", "--subjects", "thraeds"}, "did you mean \"threads\"?"},
      {{"run", "./quick.toml"}, "found no file \"./quick.toml\", expected one, or one of "},
      {{"list", "wrokloads"}, "did you mean \"workloads\"?"},
      {{"compare", "--format", "jsno"}, "did you mean \"json\"?"},
  };
  for (const auto& [arguments, expected] : table) {
    const auto result = bakeoff_call(arguments);
    EXPECT_EQ(result.status, 2) << arguments[0] << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(expected));
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
    EXPECT_EQ(result.output, "");
  }
}

TEST(Run, OfAResultFolderRunsItsExperiment) {
  const ForeignServerFixture fixture;
  const std::string folder = fixture.open();
  EXPECT_THAT(bakeoff_call({"run", folder, "--dry-run"}).errors,
              HasSubstr("found the folder \"" + folder + "\" without experiment.toml, expected a result folder"));
  std::filesystem::copy(fixture.experiment("workload = \"http\""), folder + "/experiment.toml");
  const auto dry = bakeoff_call({"run", folder, "--dry-run"});
  EXPECT_EQ(dry.status, 0) << dry.errors;
  EXPECT_THAT(dry.output, HasSubstr("toy"));
  EXPECT_EQ(dry.errors, "bakeoff: \"" + folder + "\" is a result folder: runs its experiment.toml\n");
}

TEST(Run, AServerOfOnesOwnAloneRunsInTheTablesWhoseWorkloadItServes) {
  const ForeignServerFixture fixture;
  fixture.add_server("space");
  fixture.add_server("other");
  const auto dry = [&](const std::string& experiment, const std::string& subjects) {
    return bakeoff_call({"run", experiment, "--dry-run", "--subjects", subjects});
  };
  const auto quick = dry("quick", fixture.folder() + ",space");
  EXPECT_EQ(quick.status, 0) << quick.errors;
  EXPECT_THAT(quick.output,
              AllOf(HasSubstr("subjects: space (baseline)\n"), HasSubstr("\nhttp"), Not(HasSubstr("\ncounter"))));
  EXPECT_EQ(quick.errors,
            "bakeoff: --subjects: no subject is left for echo, counter, count; \"space\" is not in echo, "
            "counter, count: it serves http only\n");
  const auto twins = dry("twins-short", fixture.folder() + ",space");
  EXPECT_EQ(twins.status, 0) << twins.errors;
  EXPECT_THAT(twins.output, AllOf(HasSubstr("\nhttp"), Not(HasSubstr("\ncounter")), Not(HasSubstr("nginx"))));
  EXPECT_THAT(twins.errors, HasSubstr("no subject is left for counter-32, echo-32; "));
  const auto nowhere = dry("real-redis", fixture.folder() + ",space");
  EXPECT_EQ(nowhere.status, 2);
  EXPECT_THAT(nowhere.errors,
              HasSubstr("--subjects: found \"space\", but it serves http only; expected one for table "));

  const auto measured = fixture.finish({"run", "quick", "--blocks", "1", "--budget", "1s", "--out", fixture.out(),
                                        "--subjects", fixture.folder() + ",space"});
  EXPECT_THAT(measured.call.status, AnyOf(0, 4)) << measured.call.errors;  // 4: others were on the CPUs.
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  EXPECT_EQ(measured.rows[0].outcome, journal::Outcome::ok) << measured.rows[0].outcome_detail;
  EXPECT_EQ(measured.rows[0].subject, "space");
}

TEST(Run, TakesAFolderWithoutASlashAndSeveralManifestsInIt) {
  const ForeignServerFixture fixture;
  fixture.add_server("space");
  fixture.add_server("other");
  const std::vector<std::string> there{"env", "-C", fixture.path() / "bakeoff"};
  const auto result =
      Call(bakeoff_program(), {"run", "quick", "--dry-run", "--subjects", "subjects,other,space"}, there).finish();
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("subjects: other (baseline), space\n"));
  EXPECT_THAT(result.errors, HasSubstr("found \"subjects\", took \"./subjects\"\n"));
}

TEST(Run, GoesOnWithAServerOfOnesOwnInTheTablesThatItJoined) {
  const ForeignServerFixture fixture;
  fixture.add_server("space");
  const std::string file =
      fixture.experiment("workload = \"http\"\nsubjects = [\"threads\"]", "\"threads\", \"fibers\"");
  const auto begun = fixture.finish(fixture.run_arguments(file, "threads,space"));
  ASSERT_EQ(begun.rows.size(), 2U) << begun.call.errors;
  const auto more =
      bakeoff_call({"run", "--resume", "--out", fixture.out(), "--blocks", "2", "--subjects", fixture.folder()});
  auto rows = journal::read_journal(fixture.out()).trials;
  std::erase_if(rows, [](const journal::Trial& row) { return row.attempt > 1; });
  EXPECT_EQ(rows.size(), 4U) << more.errors;
}

}  // namespace
}  // namespace bakeoff::e2e
