// Back ends, as a user meets them: one that is started beside a server, a table whose subjects call one, what is
// refused, and nothing that is left behind.
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "harness/journal/reader.h"
#include "harness/subjects/scratch_folder.h"
#include "tests/e2e/foreign_server_fixture.h"
#include "tests/e2e/program.h"
#include "tests/e2e/serve_call.h"
#include "tests/eventually.h"
#include "tests/text_file.h"

namespace bakeoff::e2e {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

/// The identifiers of the System V segments that there are, and the files in /dev/shm.
std::set<std::string> shared_memory() {
  std::set<std::string> found;
  std::istringstream lines(test::contents_of("/proc/sysvipc/shm"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string key, identifier;
    fields >> key >> identifier;
    found.insert(identifier);
  }
  for (const auto& file : std::filesystem::directory_iterator("/dev/shm")) found.insert(file.path().filename());
  return found;
}

class BackEndTables : public testing::Test {
 protected:
  /// The rows of a run of one block by their subjects.
  std::map<std::string, journal::Trial> run(const std::string& subjects, const std::string& table) {
    const auto file = folder_.path() / "calls.toml";
    const std::string out = folder_.path() / "out";
    test::write_text(
        file, "name = \"calls\"\nblocks = 1\nsubjects = [" + subjects +
                  "]\n[[tables]]\nworkload = \"http\"\nconnections = 6\nwindow_s = 0.2\nwarmup_s = 0.05\n" + table);
    const auto call = bakeoff_call({"run", file, "--out", out});
    EXPECT_THAT(call.status, AnyOf(0, 4)) << call.errors;  // 4: on a busy machine every number is void.
    report_ = call.output;
    std::map<std::string, journal::Trial> rows;
    for (journal::Trial& row : journal::read_journal(out).trials) rows[row.subject] = std::move(row);
    return rows;
  }

  subjects::ScratchFolder folder_;
  std::string report_;
};

TEST_F(BackEndTables, CountCallsOnBothSidesAndShowWhatThePoolAndTheBackEndCost) {
  const auto rows =
      run(R"("threads", "event-loop")", "request = \"/calls/2/{k}\"\nback_end_delay_us = 200\npool = 2\n");
  ASSERT_EQ(rows.size(), 2u);
  for (const auto& [subject, row] : rows) {
    SCOPED_TRACE(subject + ": " + row.outcome_detail);
    EXPECT_EQ(row.outcome, journal::Outcome::ok);
    ASSERT_TRUE(row.params.back_end);
    EXPECT_EQ(row.params.back_end->name, "http");
    EXPECT_EQ(row.params.back_end->delay_us, 200u);
    EXPECT_EQ(row.params.back_end->pool, 2u);
    ASSERT_TRUE(row.server_receipt && row.client_receipt && row.back_end);
    EXPECT_GT(row.client_receipt->calls, 0u);
    EXPECT_EQ(row.server_receipt->calls, row.client_receipt->calls);
    EXPECT_LE(row.server_receipt->back_end_connections.value_or(3), 2u);
    EXPECT_GT(row.server_receipt->call_waits.value_or(0), 0u) << "six connections, and two to the back end";
    EXPECT_GT(row.back_end->cpu_us.value_or(1), 0);
  }
  EXPECT_THAT(report_, HasSubstr("our own back end, which waits 200 us, on the load"));
  EXPECT_THAT(report_, HasSubstr("pool waits/req"));
}

TEST_F(BackEndTables, WhoseCallsAreLateAreErrorsThatTheRowNames) {
  const auto rows =
      run(R"("event-loop")", "request = \"/call/{k}\"\nback_end_delay_us = 400000\ncall_timeout_ms = 20\n");
  const journal::Trial& row = rows.at("event-loop");
  EXPECT_EQ(row.outcome, journal::Outcome::errors) << row.outcome_detail;
  EXPECT_THAT(row.outcome_detail, HasSubstr("504"));
}

TEST_F(BackEndTables, OfPostgresLeaveNothingBehind) {
  const auto before = shared_memory();
  const auto rows = run(R"("threads", "fibers")", "request = \"/calls-at-once/3/{k}\"\nback_end = \"postgres\"\n");
  EXPECT_EQ(shared_memory(), before);
  for (const auto& [subject, row] : rows) {
    // The row itself says what is missing, and how to get it.
    if (row.outcome_detail.find("needs postgres") != std::string::npos) GTEST_SKIP() << row.outcome_detail;
    EXPECT_EQ(row.outcome, journal::Outcome::ok) << subject << ": " << row.outcome_detail;
  }
}

/// While the database is made, the programs that make it have shared memory of both kinds.
TEST_F(BackEndTables, OfPostgresThatEndWhileTheDatabaseIsMadeLeaveNothingBehind) {
  const auto file = folder_.path() / "calls.toml";
  test::write_text(file,
                   "name = \"calls\"\nblocks = 1\nsubjects = [\"threads\"]\n[[tables]]\nworkload = \"http\"\n"
                   "connections = 1\nrequest = \"/call/{k}\"\nback_end = \"postgres\"\n");
  for (const int signal : {SIGINT, SIGTERM, SIGKILL}) {
    SCOPED_TRACE(signal);
    const auto before = shared_memory();
    Call call(bakeoff_program(), {"run", file, "--out", folder_.path() / ("out" + std::to_string(signal))});
    const bool made = test::eventually([&] { return shared_memory() != before; });
    ::kill(call.process().pid(), signal);
    const auto ended = call.finish();
    if (!made && ended.output.find("needs postgres") != std::string::npos) GTEST_SKIP() << ended.output;
    ASSERT_TRUE(made) << ended.errors;
    EXPECT_TRUE(test::eventually([&] { return shared_memory() == before && nothing_is_left(); }))
        << testing::PrintToString(shared_memory());
  }
}

TEST(ServeBackEnd, StartsOneByItsNameAndSaysWhereItIs) {
  const ServeCall serving({"serve", "fibers", "http", "--back-end", "http", "--pool", "2"});
  ASSERT_NE(serving.port, "") << serving.call.errors_so_far();
  EXPECT_THAT(serving.call.errors_so_far(), HasSubstr("http answers at http://127.0.0.1:"));
  const auto loaded = bakeoff_call({"load", "http://127.0.0.1:" + serving.port + "/call/{k}", "-c", "4", "-d", "0.2s"});
  EXPECT_THAT(loaded.status, AnyOf(0, 4)) << loaded.errors;
}

TEST(ServeBackEnd, RefusesWhatCannotBeInOneLine) {
  const auto refused = [](std::vector<std::string> more) {
    more.insert(more.begin(), "serve");
    const auto call = bakeoff_call(more);
    EXPECT_EQ(call.status, 2) << call.errors;
    return call.errors;
  };
  EXPECT_THAT(refused({"threads", "http", "--back-end", "oracle"}),
              StartsWith("bakeoff: found --back-end \"oracle\", expected one of http"));
  EXPECT_THAT(refused({"threads", "http", "--back-end", "redis://localhost:1"}),
              StartsWith("bakeoff: --back-end: found 'redis://localhost:1', expected http://ADDRESS:PORT"));
  EXPECT_EQ(refused({"threads", "http", "--pool", "3"}),
            "bakeoff: --pool: found it without --back-end, expected both\n");
  EXPECT_EQ(refused({"threads", "echo", "--back-end", "http"}),
            "bakeoff: --back-end: found it beside echo, expected it beside http\n");
}

}  // namespace
}  // namespace bakeoff::e2e
