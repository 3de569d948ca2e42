// Foreign servers: found, described, started, measured beside models, stopped, and nothing of them left.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/journal/manifest.h"
#include "harness/subjects/find_program.h"
#include "harness/subjects/install_paths.h"
#include "harness/subjects/manifest.h"
#include "harness/validity/validity.h"
#include "tests/e2e/foreign_server_fixture.h"

namespace bakeoff::e2e {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

/// One line on stderr and exit 2: nothing was started.
void expect_refused(const Call::Result& result, const std::string& line) {
  EXPECT_EQ(result.status, 2) << result.output;
  EXPECT_EQ(result.errors, "bakeoff: " + line + "\n");
}

/// CPU per request is there; what may void it is that somebody else was on the CPUs.
void expect_measured(const journal::Trial& row) {
  EXPECT_EQ(row.outcome, journal::Outcome::ok) << row.subject << ": " << row.outcome_detail;
  EXPECT_EQ(row.outcome_detail, "") << row.subject;
  ASSERT_TRUE(row.client && row.subject_cost) << row.subject;
  EXPECT_GT(row.client->replies_ok, 0U) << row.subject;
  EXPECT_TRUE(row.client->errors.empty()) << row.subject;
  ASSERT_TRUE(row.subject_cost->cpu_us_per_request) << row.subject;
  EXPECT_GT(*row.subject_cost->cpu_us_per_request, 0) << row.subject;
  EXPECT_THAT(validity::void_reason(row, validity::metric::kCpuPerRequest),
              AnyOf("", std::string(validity::reason::kNoisy)))
      << row.subject;
}

void expect_nothing_left(const ForeignServerFixture::Measured& measured) {
  EXPECT_EQ(private_folders_of(measured.harness), 0) << "a private folder is left";
  EXPECT_TRUE(nothing_is_left()) << "a process is left";
}

TEST(Foreign, ServersAndModelsAlternateInSlicesAndWhatOneLeavesBehindHarmsNoOther) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy");
  fixture.add_script("messy", "setsid sleep 300 &\nexec $server");
  const std::string file = fixture.experiment("workload = \"http\"", "\"threads\"", "0.3");
  const auto measured = fixture.finish(fixture.run_arguments(file, "threads,messy,toy"));
  ASSERT_EQ(measured.rows.size(), 3U) << measured.call.errors;
  for (const journal::Trial& row : measured.rows) {
    EXPECT_EQ(row.outcome, journal::Outcome::ok) << row.subject << ": " << row.outcome_detail;
    EXPECT_TRUE(row.client && row.client->replies_ok != 0) << row.subject;
    EXPECT_EQ(row.slices.size(), 3U) << row.subject;
    EXPECT_EQ(row.outcome_detail, row.subject == "messy" ? "it left 1 process behind, which was ended" : "");
  }
  expect_nothing_left(measured);
}

TEST(Foreign, AServerOfOnesOwnIsMeasuredBesideAModel) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy", R"("threads", "http", "--port", "@port@")",
                     "differs = \"is copied first\"\ntuning = [\"nothing: it is a toy\"]\n");
  const auto measured = fixture.measure("threads,toy");
  ASSERT_EQ(measured.rows.size(), 2U) << measured.call.errors;
  const journal::Trial& toy = measured.row("toy");
  expect_measured(toy);
  EXPECT_FALSE(toy.server_receipt) << "it is not asked for an account of its own";
  EXPECT_TRUE(measured.row("threads").server_receipt);
  EXPECT_NE(toy.subject_hash, "");
  EXPECT_GT(toy.subject_cost->startup_ms.value_or(0), 0);
  EXPECT_THAT(measured.call.output, AllOf(HasSubstr("models and their real twins"), HasSubstr("toy")));
  expect_nothing_left(measured);

  EXPECT_THAT(bakeoff_call({"report", fixture.out()}).output, HasSubstr("models and their real twins"))
      << "the same tables from the rows alone";
  const journal::Manifest manifest = journal::read_manifest(fixture.out());
  EXPECT_EQ(manifest.twins, (std::map<std::string, std::string>{{"toy", "threads"}}));
  EXPECT_EQ(manifest.differs.at("toy"), "is copied first");
  EXPECT_EQ(manifest.tuning.at("toy"), std::vector<std::string>{"nothing: it is a toy"});

  const auto again = fixture.measure("threads,toy");
  ASSERT_EQ(again.rows.size(), 2U) << again.call.errors;
  expect_measured(again.row("toy"));
  expect_nothing_left(again);
}

TEST(Foreign, ARunIsResumedWithTheFolderNamedAgain) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy");
  ASSERT_EQ(fixture.measure("threads,toy").rows.size(), 2U);
  EXPECT_EQ(bakeoff_call({"report", fixture.out()}).errors, "") << "its manifest says little; that is enough";
  const std::vector<std::string> resume{"run", "--resume", "--out", fixture.out(), "--blocks", "2"};
  const auto without = bakeoff_call(resume);
  EXPECT_EQ(without.status, 2);
  EXPECT_THAT(without.errors,
              AllOf(StartsWith("bakeoff: subjects: found \"toy\", expected "), HasSubstr("(--subjects DIR)\n")));
  auto with = resume;
  with.insert(with.end(), {"--subjects", fixture.folder()});
  const auto resumed = bakeoff_call(with);
  auto rows = journal::read_journal(fixture.out()).trials;
  std::erase_if(rows, [](const journal::Trial& row) { return row.attempt > 1; });
  ASSERT_EQ(rows.size(), 4U) << resumed.errors;
  for (const journal::Trial& row : rows)
    EXPECT_EQ(row.outcome, journal::Outcome::ok) << row.subject << ": " << row.outcome_detail;
}

TEST(Foreign, AFolderWithoutNamesBesideItJoinsTheExperimentsSubjects) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy");
  fixture.add_server("tin");
  const auto dry_run = [&](const std::string& subjects) {
    return bakeoff_call({"run", fixture.experiment("workload = \"http\""), "--dry-run", "--out", fixture.out(),
                         "--subjects", subjects});
  };
  const auto joined = dry_run(fixture.folder());
  EXPECT_EQ(joined.status, 0) << joined.errors;
  EXPECT_THAT(joined.output, HasSubstr("subjects: threads (baseline), tin, toy\n"));
  // A server's own folder is as good as that of several.
  EXPECT_THAT(dry_run(fixture.folder() + "/toy").output, HasSubstr("subjects: threads (baseline), toy\n"));
  EXPECT_THAT(dry_run(fixture.folder() + ",fibers,tin").output, HasSubstr("subjects: fibers (baseline), tin\n"));
}

TEST(Foreign, AFolderWithoutAManifestIsRefusedInOneLine) {
  const ForeignServerFixture fixture;
  expect_refused(
      bakeoff_call({"run", "quick", "--dry-run", "--subjects", fixture.open()}),
      "--subjects: found no manifest in \"" + fixture.open() + "\", expected subject.toml in it or in its folders");
  expect_refused(bakeoff_call({"run", "quick", "--dry-run", "--subjects", fixture.open() + "/nowhere,threads"}),
                 "--subjects: found no manifest in \"" + fixture.open() +
                     "/nowhere\", expected subject.toml in it or in its folders");
}

TEST(Foreign, TwoServersOfOneNameAreRefused) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy", "\"threads\", \"http\"");
  fixture.add_server("toy2", "\"threads\", \"http\"");
  std::string second = test::contents_of(fixture.manifest("toy2"));
  second.replace(second.find("\"toy2\""), 6, "\"toy\"");
  test::write_text(fixture.manifest("toy2"), second);
  expect_refused(bakeoff_call({"run", "quick", "--dry-run", "--subjects", fixture.folder()}),
                 fixture.manifest("toy2") + ": name: found \"toy\", which " + fixture.manifest("toy") +
                     " has already, expected one of its own");
}

TEST(Foreign, ListTellsOfTheShippedServers) {
  const auto result = bakeoff_call({"list", "servers", "--format", "json"});
  ASSERT_EQ(result.status, 0) << result.errors;
  const auto document = nlohmann::json::parse(result.output);
  EXPECT_FALSE(document.contains("models"));
  std::map<std::string, std::string> twins;
  for (const auto& server : document.at("servers")) {
    twins[server.at("name")] = server.at("twin");
    EXPECT_TRUE(!server.at("serves").empty() || server.at("back_end") != "") << server;
    EXPECT_NE(server.at("missing").get<std::string>().empty(), server.at("version").get<std::string>().empty())
        << server << ": it is there and has a version, or it says how to get it";
  }
  const std::map<std::string, std::string> shipped{{"nginx", "event-loops:reactor=epoll"},
                                                   {"redis", "event-loop:reactor=epoll"},
                                                   {"redis-io-threads", "event-loop:reactor=epoll"},
                                                   {"apache-prefork", "prefork"},
                                                   {"apache-worker", "thread-pool"},
                                                   {"apache-event", "request-pool:dispatch=queue"},
                                                   {"apache-echo-prefork", "prefork"},
                                                   {"apache-echo-event", "thread-pool"}};
  for (const auto& [name, twin] : shipped) EXPECT_EQ(twins[name], twin) << name;

  const auto subjects = nlohmann::json::parse(bakeoff_call({"list", "subjects", "--format", "json"}).output);
  EXPECT_EQ(subjects.at("servers"), document.at("servers"));
  EXPECT_GE(subjects.at("models").size(), 12U);
  EXPECT_THAT(bakeoff_call({"list", "subjects"}).output,
              AllOf(HasSubstr("models\n"), HasSubstr("servers\n"), HasSubstr("twin of    event-loops")));
}

TEST(Foreign, AFolderOfThePathThatCannotBeReadIsPassedOver) {
  const ForeignServerFixture fixture;
  // Not even root gets to the end of it.
  std::filesystem::create_symlink("endless", fixture.open() + "/endless");
  const std::string path = "PATH=" + fixture.open() + "/endless:" + std::getenv("PATH");
  const auto result = Call(bakeoff_program(), {"list", "servers"}, {"env", path}).finish();
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("  nginx "));
}

TEST(Foreign, TheUsersOwnManifestsAreFound) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy");
  const auto listed = Call(bakeoff_program(), {"list", "servers"}, fixture.as_config()).finish();
  EXPECT_THAT(listed.output, AllOf(HasSubstr("\n  toy\n"), HasSubstr(fixture.manifest("toy"))));
  // They are names like any other, in an experiment too.
  const auto measured = fixture.finish(
      {"run", fixture.experiment("workload = \"http\"", "\"toy\""), "--out", fixture.out()}, fixture.as_config());
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  expect_measured(measured.row("toy"));
  expect_nothing_left(measured);
}

TEST(Foreign, AMissingProgramIsARowThatSaysHowToGetIt) {
  const ForeignServerFixture fixture;
  fixture.add("lacking", R"("no-such-server", "@port@")", "[needs]\nno-such-server = \"no-such-package\"\n");
  const auto beside = fixture.measure("threads,lacking");
  ASSERT_EQ(beside.rows.size(), 2U) << beside.call.errors;
  EXPECT_EQ(beside.row("lacking").outcome, journal::Outcome::not_run);
  EXPECT_EQ(beside.row("lacking").outcome_detail, "needs no-such-server (apt install no-such-package)");
  EXPECT_EQ(beside.call.status, beside.any_valid ? 0 : 4) << beside.call.errors;
  EXPECT_EQ(fixture.measure("lacking").call.status, 4) << "there is no number at all";
}

TEST(Foreign, WhatItDoesNotServeIsNotRun) {
  const ForeignServerFixture fixture;
  fixture.add("toy", fmt::format("\"{}\", \"serve\", \"threads\", \"http\", \"--port\", \"@port@\"", fixture.program()),
              "", "http = [\"/\"]");
  for (const char* table : {"workload = \"echo\"", "workload = \"http\"\nrequest = \"/id/{k}\""}) {
    // The experiment itself names it; on the command line it would be left out of the table.
    const auto measured =
        fixture.finish({"run", fixture.experiment(table, "\"toy\""), "--out", fixture.out()}, fixture.as_config());
    ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
    EXPECT_EQ(measured.rows[0].outcome, journal::Outcome::not_run) << table;
    EXPECT_EQ(measured.rows[0].outcome_detail, "it serves http (/) only");
    EXPECT_EQ(measured.call.status, 4);
  }
}

TEST(Foreign, AFaultOfAManifestIsOneLineThatNamesThePlace) {
  const ForeignServerFixture fixture;
  const auto call = [&] { return bakeoff_call({"run", "quick", "--dry-run", "--subjects", fixture.folder()}); };
  fixture.add_server("toy", R"("threads", "http")", "tunning = [\"none\"]");
  auto result = call();
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.errors, StartsWith("bakeoff: " + fixture.manifest("toy") + ":4: tunning: "));
  EXPECT_THAT(result.errors, HasSubstr("did you mean"));
  EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;

  fixture.add_server("toy", R"("threads", "http", "--port", "@prot@")");
  result = call();
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.errors, StartsWith("bakeoff: " + fixture.manifest("toy") + ":3: found the placeholder @prot@, "));
  EXPECT_THAT(result.errors, HasSubstr("did you mean @port@?"));
  EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;

  fixture.add_script("toy", "exec $server @connection@");
  result = call();
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.errors, StartsWith("bakeoff: " + fixture.folder() + "/toy/run.sh.in:3: found the placeholder "));
}

TEST(Foreign, TheProgramMayBeNamedFromWhereBakeoffIsCalled) {
  const ForeignServerFixture fixture;
  fixture.add("toy", R"("./server", "serve", "threads", "http", "--port", "@port@")");
  const auto measured = fixture.finish(fixture.run_arguments(fixture.experiment("workload = \"http\""), "toy"),
                                       {"env", "-C", fixture.path()});
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  expect_measured(measured.rows[0]);
}

TEST(Foreign, OnOneCpuItHasTheOneThatTheLoadHas) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", "grep Cpus_allowed_list /proc/self/status >$open/cpus\nexec $server");
  const auto measured = fixture.measure("toy", "workload = \"http\"\nplacement = \"one-cpu\"");
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  const journal::Trial& row = measured.rows[0];
  expect_measured(row);
  ASSERT_EQ(row.subject_cpus.size(), 1U);
  EXPECT_EQ(row.subject_cpus, row.load_cpus);
  EXPECT_EQ(fixture.noted("cpus"), fmt::format("Cpus_allowed_list:\t{}\n", row.subject_cpus[0]));
}

TEST(Foreign, AServerOfRootsHarnessHasNoRights) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can start a server as somebody else";
  const ForeignServerFixture fixture;
  fixture.add_script("toy", "id -u >$open/user; id -G >$open/groups\nexec $server");
  expect_measured(fixture.measure("toy").row("toy"));
  EXPECT_EQ(fixture.noted("user"), "65534\n");
  EXPECT_EQ(fixture.noted("groups"), "65534\n");
}

TEST(Foreign, TheExperimentsOfTwinsCanBeRun) {
  for (const char* name : {"twins", "twins-short"}) {
    if (!std::filesystem::exists(subjects::experiments_directory() / (std::string(name) + ".toml"))) continue;
    const auto result = bakeoff_call({"run", name, "--dry-run"});
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_THAT(result.output, AllOf(HasSubstr("nginx"), HasSubstr("redis"), HasSubstr("apache-prefork")));
  }
}

struct RealServer {
  const char* name;
  const char* program;
  const char* package;
  const char* table;
};

// Otherwise the test would be listed with its addresses.
void PrintTo(const RealServer& server, std::ostream* stream) {
  *stream << server.name;
}

class RealServers : public testing::TestWithParam<RealServer> {};

TEST_P(RealServers, AnswerARealLoadWithoutErrors) {
  const RealServer& server = GetParam();
  if (subjects::find_program(server.program).empty()) GTEST_SKIP() << "apt install " << server.package;
  const ForeignServerFixture fixture;
  std::string experiment = fixture.experiment(server.table, fmt::format("\"{}\"", server.name), "0.2");
  std::string text = test::contents_of(experiment);
  text.replace(text.find("connections = 4"), 15, "connections = 8");
  test::write_text(experiment, text);
  const auto measured = fixture.finish({"run", experiment, "--out", fixture.out()});
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  expect_measured(measured.rows[0]);
  expect_nothing_left(measured);
}

INSTANTIATE_TEST_SUITE_P(Foreign, RealServers,
                         testing::Values(RealServer{"nginx", "nginx", "nginx-light", "workload = \"http\""},
                                         RealServer{"redis", "redis-server", "redis-server", "workload = \"counter\""},
                                         RealServer{"apache-prefork", "apache2", "apache2-bin", "workload = \"http\""},
                                         RealServer{"apache-worker", "apache2", "apache2-bin", "workload = \"http\""},
                                         RealServer{"apache-event", "apache2", "apache2-bin", "workload = \"http\""},
                                         RealServer{"apache-echo-prefork", "apache2", "apache2-bin",
                                                    "workload = \"echo\"\nrequest = \"lines\""},
                                         RealServer{"apache-echo-event", "apache2", "apache2-bin",
                                                    "workload = \"echo\"\nrequest = \"lines\""}),
                         [](const auto& server) {
                           std::string name = server.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace bakeoff::e2e
