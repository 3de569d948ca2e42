// A table for each value of a list, which the command line may give, in a real run.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

const char* const kSwept = R"(name = "swept"
subjects = ["threads", "event-loop"]
blocks = 2

[[tables]]
workload = "echo"
connections = 2
window_s = 0.05
warmup_s = 0
)";

struct SweptRun : subjects::ScratchFolder {
  SweptRun() { test::write_text(file(), kSwept); }
  std::string file() const { return path() / "swept.toml"; }
  std::string out() const { return path() / "out"; }
  Call::Result run(const std::string& set, const std::vector<std::string>& further = {}) const {
    std::vector<std::string> arguments{"run", file(), "--out", out(), "--set", set};
    arguments.insert(arguments.end(), further.begin(), further.end());
    return bakeoff_call(arguments);
  }
};

TEST(Sweep, ThatTheCommandLineGivesIsMeasuredAtEachPointAndIsATable) {
  const SweptRun fixture;
  const auto result = fixture.run("connections=[1,4]");
  ASSERT_THAT(result.status, AnyOf(0, 4)) << result.errors;
  std::map<std::string, std::set<std::uint64_t>> connections;
  for (const journal::Trial& row : journal::read_journal(fixture.out()).trials) {
    connections[row.table].insert(row.params.load.connections);
  }
  EXPECT_EQ(connections, (std::map<std::string, std::set<std::uint64_t>>{{"echo-1", {1}}, {"echo-4", {4}}}));
  const journal::Manifest manifest = journal::read_manifest(fixture.out());
  EXPECT_THAT(manifest.set, ElementsAre("connections=[1,4]"));
  ASSERT_EQ(manifest.sweeps.size(), 1U);
  EXPECT_EQ(manifest.sweeps[0].name, "echo");
  EXPECT_EQ(manifest.sweeps[0].key, "connections");
  EXPECT_THAT(result.output, HasSubstr("at each of 1, 4 connections"));
  EXPECT_THAT(bakeoff_call({"report", fixture.out()}).output, HasSubstr("at each of 1, 4 connections"));
  const auto report = nlohmann::json::parse(bakeoff_call({"report", fixture.out(), "--format", "json"}).output);
  std::vector<std::string> tables;
  for (const auto& table : report.at("tables")) tables.push_back(table.at("name"));
  EXPECT_THAT(tables, ElementsAre("echo", "echo-1", "echo-4"));
}

TEST(Sweep, GoesOnWithTheNumbersThatItBeganWithAndWithNoOthers) {
  const SweptRun fixture;
  ASSERT_THAT(fixture.run("connections=[1,4]").status, AnyOf(0, 4));
  // As if it had been interrupted: the last row is not there yet.
  const std::string file = fixture.out() + "/trials.jsonl", rows = test::contents_of(file);
  const std::string kept = rows.substr(0, rows.rfind('\n', rows.size() - 2) + 1);
  test::write_text(file, kept);
  const auto other = fixture.run("connections=[1,8]", {"--resume"});
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.errors, HasSubstr("connections=[1,4]"));
  EXPECT_EQ(test::contents_of(file), kept);
  const auto same = fixture.run("connections=[1,4]", {"--resume"});
  ASSERT_THAT(same.status, AnyOf(0, 4)) << same.errors;
  EXPECT_THAT(test::contents_of(file), testing::StartsWith(kept));
  std::set<std::string> cells;
  for (const journal::Trial& row : journal::read_journal(fixture.out()).trials) {
    cells.insert(row.table + "/" + row.subject + "/" + std::to_string(row.block));
  }
  EXPECT_EQ(cells.size(), 8U);
  EXPECT_THAT(same.output, HasSubstr("at each of 1, 4 connections"));
}

TEST(Sweep, OfTwoBuildsComparesThemAtEachPoint) {
  const SweptRun fixture;
  const auto result = fixture.run("connections=[1,4]", {"--against", BAKEOFF_BIN_DIR});
  ASSERT_THAT(result.status, AnyOf(0, 4)) << result.errors;
  const auto report = nlohmann::json::parse(bakeoff_call({"report", fixture.out(), "--format", "json"}).output);
  std::set<std::string> tables;
  for (const auto& table : report.at("tables")) tables.insert(table.at("name"));
  EXPECT_TRUE(tables.contains("echo-1") && tables.contains("echo-4")) << report.dump(1);
  std::set<std::string> subjects;
  for (const journal::Trial& row : journal::read_journal(fixture.out()).trials) subjects.insert(row.subject);
  EXPECT_THAT(subjects, ElementsAre("event-loop", "event-loop@other", "threads", "threads@other"));
}

}  // namespace
}  // namespace bakeoff::e2e
