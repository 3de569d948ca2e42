// Lists of a table make a sweep, and --set gives numbers instead of the file's.
#include "harness/experiment/sweep_section.h"

#include <gmock/gmock.h>

#include "harness/experiment/plan.h"
#include "harness/input/input_error.h"
#include "tests/harness/fixtures/small_inventory.h"

namespace bakeoff::experiment {
namespace {

using testing::ElementsAre;

Spec spec_of(const std::string& table, const std::vector<std::string>& set = {}) {
  return parse_spec("name = \"x\"\nsubjects = [\"threads\", \"fibers\"]\nblocks = 2\n[[tables]]\n" + table, "x.toml",
                    test::small_inventory(), {}, set);
}

std::string error_of(const std::string& table, const std::vector<std::string>& set = {}) {
  try {
    spec_of(table, set);
  } catch (const input::InputError& error) {
    return error.what();
  }
  return "";
}

std::vector<std::string> names_of(const Spec& spec) {
  std::vector<std::string> names;
  for (const TableSpec& table : spec.tables) names.push_back(table.name);
  return names;
}

TEST(Sweep, IsATableForEachValueOfItsList) {
  const Spec spec = spec_of("workload = \"http\"\nconnections = [1, 16, 256]\nwindow_s = 0.3\n");
  EXPECT_THAT(names_of(spec), ElementsAre("http-1", "http-16", "http-256"));
  EXPECT_EQ(spec.tables[1].load.connections, 16U);
  EXPECT_EQ(spec.tables[1].window_s, 0.3) << "all else is the same";
  ASSERT_TRUE(spec.tables[2].point);
  EXPECT_EQ(spec.tables[2].point->sweep, "http");
  EXPECT_EQ(spec.tables[2].point->key, "connections");
  EXPECT_EQ(spec.tables[2].point->value, 256);
}

TEST(Sweep, MayBeOverAnyNumberThatSaysWhatIsMeasured) {
  EXPECT_EQ(spec_of("workload = \"http\"\nload = \"open\"\nrate_rps = [100, 2500.5]\n").tables[1].load.rate_rps,
            2500.5);
  EXPECT_EQ(spec_of("workload = \"http\"\nidle = [0, 1000]\n").tables[1].load.idle, 1000U);
  EXPECT_EQ(spec_of("workload = \"http\"\npipeline = [1, 16]\n").tables[1].load.pipeline, 16U);
  const Spec units = spec_of("workload = \"http\"\nsubjects = [\"fibers\"]\nunits = [1, 2]\n");
  EXPECT_EQ(units.tables[1].units, 2U);
  const Spec shares = spec_of("workload = \"http\"\nrequest = \"/{mixed:{share},5000}\"\nshare = [0.01, 0.5]\n");
  EXPECT_THAT(names_of(shares), ElementsAre("http-0.01", "http-0.5"));
  EXPECT_EQ(shares.tables[1].load.request, "/{mixed:0.5,5000}");
}

TEST(Sweep, SaysWhatIsWrongWithItsListAndWhere) {
  const std::string http = "workload = \"http\"\n";
  EXPECT_EQ(error_of(http + "connections = []\n"),
            "x.toml:6: tables[0].connections: found an empty list, expected the values of the sweep");
  EXPECT_EQ(error_of(http + "connections = [1, 4, 1]\n"),
            "x.toml:6: tables[0].connections[2]: found 1 twice, expected each value once");
  EXPECT_EQ(error_of(http + "connections = [1, \"many\"]\n"),
            "x.toml:6: tables[0].connections[1]: found \"many\", expected a number");
  EXPECT_EQ(error_of(http + "connections = [1, 0]\n"),
            "x.toml:6: tables[0].connections[1]: found 0, expected a whole number from 1 to 1000000");
  EXPECT_EQ(error_of(http + "connections = [1, 2]\nidle = [0, 5]\n"),
            "x.toml:7: tables[0].idle: found a second list, expected one list in a table, and connections is one");
  EXPECT_EQ(error_of(http + "window_s = [1, 2]\n"),
            "x.toml:6: tables[0].window_s: found an array, expected a number of seconds from 0.05 to 3600");
  EXPECT_EQ(error_of(http + "share = 0.5\n"),
            "x.toml:6: tables[0].share: found 0.5, expected it only beside a request with {share}");
  EXPECT_EQ(error_of("name = \"a-1\"\nworkload = \"http\"\n[[tables]]\nname = \"a\"\nworkload = \"http\"\n"
                     "connections = [1, 2]\n"),
            "x.toml:8: tables[1].name: found \"a-1\" twice, expected a name of its own for each table");
  const std::string twice = "x.toml:8: tables[1].name: found \"a\" twice, expected a name of its own for each table";
  const std::string next = "[[tables]]\nname = \"a\"\n" + http, sweep = "connections = [1, 2]\n";
  EXPECT_EQ(error_of("name = \"a\"\n" + http + next + sweep), twice) << "the table of all its points has that name";
  EXPECT_EQ(error_of(http + "name = \"a\"\n" + next + "connections = [4, 8]\n"), twice);
}

TEST(Set, GivesNumbersInsteadOfTheFiles) {
  const std::string two =
      "workload = \"http\"\nconnections = 8\n[[tables]]\njob = \"count\"\nsubjects = [\"threads\"]\n";
  const Spec spec = spec_of(two, {"connections=128", "window_s=0.5", "size=7"});
  EXPECT_EQ(spec.tables[0].load.connections, 128U);
  EXPECT_EQ(spec.tables[0].window_s, 0.5);
  EXPECT_EQ(spec.tables[1].size, 7U);
  EXPECT_THAT(names_of(spec_of(two, {"connections=[1,4,16]"})), ElementsAre("http-1", "http-4", "http-16", "count"));
  EXPECT_THAT(names_of(spec_of("workload = \"http\"\nconnections = [1, 2]\n", {"connections=4"})), ElementsAre("http"));
}

TEST(Set, SaysWhatIsWrongInOneLine) {
  const std::string http = "workload = \"http\"\n";
  EXPECT_EQ(
      error_of(http, {"conections=4"}),
      "--set: found \"conections\", expected one of connections, pipeline, message_bytes, rate_rps, idle, "
      "slow_senders, slow_readers, share, memory_mib, heap_mib, pool, back_end_delay_us, units, jobs, size, window_s, "
      "warmup_s, timeout_s; did you mean "
      "\"connections\"?");
  EXPECT_EQ(error_of(http, {"connections"}),
            "--set: found \"connections\", expected KEY=VALUE, with a number or a list of numbers: [1,4,16]");
  EXPECT_EQ(error_of(http, {"connections=[1,"}),
            "--set: found \"connections=[1,\", expected KEY=VALUE, with a number or a list of numbers: [1,4,16]");
  EXPECT_EQ(error_of(http, {"connections=4", "connections=5"}),
            "--set: found connections twice, expected each key once");
  EXPECT_EQ(error_of(http, {"connections=0"}),
            "--set: connections: found 0, expected a whole number from 1 to 1000000");
  EXPECT_EQ(error_of(http, {"connections=[4,0]"}),
            "--set: connections[1]: found 0, expected a whole number from 1 to 1000000");
  EXPECT_EQ(error_of(http, {"connections=[]"}),
            "--set: connections: found an empty list, expected the values of the sweep");
  EXPECT_EQ(error_of(http, {"size=4"}), "--set: found size, expected a key that a table of the experiment has");
}

TEST(Sweep, ItsPointsTakeTurnsBlockByBlock) {
  const Plan plan = make_plan(
      spec_of("workload = \"echo\"\n[[tables]]\nworkload = \"http\"\nconnections = [1, 16]\n[[tables]]\nworkload = "
              "\"counter\"\n"));
  std::vector<std::string> order;
  for (const PlannedTrial& trial : plan.trials) {
    const std::string at = plan.spec.tables[trial.table].name + "/" + std::to_string(trial.block);
    if (order.empty() || order.back() != at) order.push_back(at);
  }
  EXPECT_THAT(order, ElementsAre("echo/0", "echo/1", "http-1/0", "http-16/0", "http-1/1", "http-16/1", "counter/0",
                                 "counter/1"));
  EXPECT_THAT(tables_together(plan.spec), ElementsAre(ElementsAre(0), ElementsAre(1, 2), ElementsAre(3)));
}

}  // namespace
}  // namespace bakeoff::experiment
