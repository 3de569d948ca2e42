// Servers that want more memory than they may have: a row of the outcome limit with the numbers, and nothing is left.
#include <gmock/gmock.h>

#include "harness/measure/memory_cgroup.h"
#include "tests/e2e/foreign_server_fixture.h"

namespace bakeoff::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;

/// `tail` keeps all of an input without line ends: up to a gigabyte, so that it ends even where nothing stops it.
constexpr const char* kGreedy = "head -c 1000000000 /dev/zero | tail >/dev/null\n";
constexpr const char* kLimit = "memory_mib = 64\nready_s = 5";

journal::Trial the_limited_row(const ForeignServerFixture& fixture, const std::vector<std::string>& prefix = {}) {
  const auto measured = fixture.finish(fixture.run_arguments(fixture.experiment("workload = \"http\""), "toy"), prefix);
  EXPECT_TRUE(nothing_is_left()) << "a process is left";
  EXPECT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  return measured.rows.empty() ? journal::Trial{} : measured.rows[0];
}

TEST(MemoryLimit, AServerThatMeetsItBeforeItIsReadyIsToldByItsNumbers) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", std::string(kGreedy) + "exit 9", kLimit);
  const journal::Trial row = the_limited_row(fixture);
  EXPECT_EQ(row.outcome, journal::Outcome::limit);
  EXPECT_THAT(row.outcome_detail,
              AllOf(HasSubstr("its memory limit is 64 MiB (memory_mib of its manifest)"), HasSubstr("the subject ")));
}

TEST(MemoryLimit, AServerThatLosesAPartToItServesOnAndItsRowSaysSo) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", std::string(kGreedy) + "exec $server", kLimit);
  const journal::Trial row = the_limited_row(fixture);
  EXPECT_EQ(row.outcome, journal::Outcome::limit);
  EXPECT_THAT(row.outcome_detail, HasSubstr("its memory limit is 64 MiB"));
}

/// What a runtime prints when its heap is full, and then does.
constexpr const char* kFullHeap = "echo 'java.lang.OutOfMemoryError: Java heap space' >&2\n";
constexpr const char* kHeap =
    "out_of_memory = [\"OutOfMemoryError\"]\n[settings.heap]\nmeaning = \"MiB of the heap\"\nleast = 1\n";

journal::Trial row_with_heap(const std::string& script, const std::string& subject,
                             const std::string& window_s = "0.1") {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", script, kHeap);
  const auto measured = fixture.finish(
      fixture.run_arguments(fixture.experiment("workload = \"http\"", "\"threads\"", window_s), subject));
  EXPECT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  return measured.rows.empty() ? journal::Trial{} : measured.rows[0];
}

TEST(FullHeap, AtTheStartIsALimitThatNamesTheCap) {
  const journal::Trial row = row_with_heap(std::string(kFullHeap) + "exit 3", "toy:heap=8");
  EXPECT_EQ(row.outcome, journal::Outcome::limit);
  EXPECT_THAT(row.outcome_detail, HasSubstr("heap = 8 MiB: java.lang.OutOfMemoryError: Java heap space; the subject "
                                            "exited with 3"));
}

TEST(FullHeap, UnderLoadIsALimitThatNamesTheCapHoweverMuchIsPrintedBehindIt) {
  // It dies as soon as it has been asked a while: its server is ended from beside.
  const journal::Trial row =
      row_with_heap("$server & pid=$!\nsleep 1\n" + std::string(kFullHeap) +
                        "i=0; while [ $i -lt 100 ]; do echo 'at frame of a native stack trace' >&2; i=$((i+1)); done\n"
                        "kill -9 $pid; exit 134",
                    "toy:heap=8", "3");
  EXPECT_EQ(row.outcome, journal::Outcome::limit) << row.outcome_detail;
  EXPECT_THAT(row.outcome_detail, HasSubstr("heap = 8 MiB: java.lang.OutOfMemoryError: Java heap space"));
}

TEST(FullHeap, OfAServerThatLivesOnIsALimitToo) {
  const journal::Trial row = row_with_heap(std::string(kFullHeap) + "exec $server", "toy");
  EXPECT_EQ(row.outcome, journal::Outcome::limit);
  EXPECT_THAT(row.outcome_detail, HasSubstr("its heap: java.lang.OutOfMemoryError"));
}

TEST(MemoryLimit, IsWatchedWhereNoCgroupHoldsIt) {
  // A mount namespace that has no memory hierarchy; without rights to make one there is hardly a cgroup either.
  std::vector<std::string> prefix{
      "unshare",
      "--mount",
      "sh",
      "-c",
      "{ umount -l /sys/fs/cgroup/memory || umount -l /sys/fs/cgroup; } 2>/dev/null && exec \"$@\"",
      "sh"};
  if (Call("/bin/true", {}, prefix).finish().status != 0) {
    if (measure::own_memory_cgroup()) GTEST_SKIP() << "no mount namespace may be made here, and cgroups are there";
    prefix.clear();
  }
  const ForeignServerFixture fixture;
  fixture.add_script("toy", kGreedy, kLimit);
  const journal::Trial row = the_limited_row(fixture, prefix);
  EXPECT_EQ(row.outcome, journal::Outcome::limit);
  EXPECT_THAT(row.outcome_detail, MatchesRegex("it had [0-9]+ MiB, its memory limit is 64 MiB .*: it was ended; .*"));
}

TEST(MemoryLimit, IsThereWhereTheManifestSaysNothing) {
  const auto own = measure::own_memory_cgroup();
  if (!own) GTEST_SKIP() << "no memory cgroup of v1 here";
  const ForeignServerFixture fixture;
  // The limit of its own cgroup, which is below the harness's.
  fixture.add_script("toy", "name=$(sed -n 's,.*:memory:.*/,,p' /proc/self/cgroup)\ncat " + own->string() +
                                "/$name/memory.limit_in_bytes >$open/limit\nexec $server");
  const journal::Trial row = the_limited_row(fixture);
  EXPECT_EQ(row.outcome, journal::Outcome::ok) << row.outcome_detail;
  EXPECT_GT(std::stoull("0" + fixture.noted("limit")), 0U);
  constexpr std::uint64_t kMuchMore = 1ULL << 50;  // Without a limit it is near 2^63.
  EXPECT_LT(std::stoull("0" + fixture.noted("limit")), kMuchMore);
}

/// A table with that number of connections, each of which takes a process of the server.
std::string table_of(const std::string& name, int connections) {
  return fmt::format(
      "[[tables]]\nname = \"{}\"\nworkload = \"http\"\nconnections = {}\nwindow_s = 0.1\nwarmup_s = 0.05\n", name,
      connections);
}

TEST(MemoryLimit, ATrialThatWouldNotFitIsNotStartedAndSaysTheArithmetic) {
  const ForeignServerFixture fixture;
  fixture.add("toy",
              "\"" + fixture.program() + R"(", "serve", "prefork", "http", "--port", "@port@", "--units", "@units@")",
              "memory_mib = 150",
              "http = [\"*\"]\n[units]\nunit = \"process\"\nmeaning = \"workers\"\nhold_connections = true");
  const std::string file = fixture.path() / "sizes.toml";
  const std::string many = table_of("many", 10'000);
  // What a unit costs is known from an earlier trial, or else from a start with few of them.
  for (const std::string& tables : {table_of("some", 32) + many, many}) {
    test::write_text(file, "name = \"sizes\"\nsubjects = [\"threads\"]\nblocks = 1\n" + tables);
    const auto measured = fixture.finish(fixture.run_arguments(file, "toy"));
    ASSERT_FALSE(measured.rows.empty()) << measured.call.errors;
    const journal::Trial& row = measured.rows.back();
    EXPECT_EQ(row.table, "many");
    EXPECT_EQ(row.outcome, journal::Outcome::limit);
    EXPECT_THAT(row.outcome_detail,
                MatchesRegex("10000 units x [0-9.]+ [KM]iB measured = [0-9.]+ [MG]iB, 150 MiB available: not started"));
    EXPECT_TRUE(nothing_is_left());
  }
}

}  // namespace
}  // namespace bakeoff::e2e
