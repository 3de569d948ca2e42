// An experiment cut down to some of its subjects and workloads.
#include <gtest/gtest.h>

#include "harness/experiment/narrow.h"
#include "harness/input/input_error.h"
#include "harness/subjects/inventory_names.h"
#include "tests/harness/fixtures/small_inventory.h"

namespace bakeoff::experiment {
namespace {

const subjects::Inventory kInventory = test::small_inventory();
const std::vector<std::string> kNarrowedModels = subjects::model_names(kInventory);

TEST(Spec, NarrowsToSomeSubjectsAndWorkloads) {
  Spec spec = read_spec(BAKEOFF_SOURCE_DIR "/harness/experiment/quick.toml", kInventory);
  const std::vector<std::string> subjects{"fibers", "prefork"};
  const std::vector<std::string> workloads{"http", "count"};
  const Spec narrowed = narrow(spec, subjects, workloads, kInventory);
  EXPECT_EQ(narrowed.subjects, subjects);
  EXPECT_EQ(narrowed.baseline, "fibers");
  ASSERT_EQ(narrowed.tables.size(), 2u);
  EXPECT_EQ(narrowed.tables[0].name, "http");
  EXPECT_EQ(narrowed.tables[1].name, "count");
  EXPECT_EQ(narrow(spec, {}, {}, kInventory).tables.size(), spec.tables.size());
}

Spec with_a_table_for_loops() {
  return parse_spec(R"(
name = "x"
baseline = "threads"
[[tables]]
workload = "echo"
[[tables]]
workload = "http"
subjects = ["event-loop", "fibers"]
units = 1
)",
                    "x.toml", kInventory);
}

TEST(Spec, ATableWithSubjectsOfItsOwnTakesItsFirstAsTheBaselineThatItLacks) {
  const Spec spec = with_a_table_for_loops();
  EXPECT_EQ(subjects_of(spec, spec.tables[0]), kNarrowedModels);
  EXPECT_EQ(baseline_of(spec, spec.tables[0]), "threads");
  EXPECT_EQ(subjects_of(spec, spec.tables[1]), (std::vector<std::string>{"event-loop", "fibers"}));
  EXPECT_EQ(baseline_of(spec, spec.tables[1]), "event-loop");
}

TEST(Spec, NarrowingLeavesATableThoseOfItsOwnSubjectsThatAreNamed) {
  const std::vector<std::string> fibers{"threads", "fibers"};
  const Spec narrowed = narrow(with_a_table_for_loops(), fibers, {}, kInventory);
  ASSERT_EQ(narrowed.tables.size(), 2u);
  EXPECT_EQ(subjects_of(narrowed, narrowed.tables[0]), fibers);
  EXPECT_EQ(subjects_of(narrowed, narrowed.tables[1]), std::vector<std::string>{"fibers"});
  const std::vector<std::string> prefork{"prefork"};
  const Spec without = narrow(with_a_table_for_loops(), prefork, {}, kInventory);
  ASSERT_EQ(without.tables.size(), 1u);
  EXPECT_EQ(without.tables[0].name, "echo");
}

TEST(Spec, NarrowingToSubjectsThatNoTableCanHaveIsAnErrorOfOneLine) {
  Spec spec = with_a_table_for_loops();
  spec.tables.erase(spec.tables.begin());
  const auto message = [&](const std::vector<std::string>& subjects) -> std::string {
    try {
      narrow(spec, subjects, {}, kInventory);
    } catch (const input::InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message({"prefork"}), "--subjects: found prefork, expected one that a table of the experiment has");
  spec.tables[0].subjects = {};
  spec.tables[0].units = 4;
  EXPECT_EQ(message({"prefork"}), "");
  EXPECT_EQ(message({"prefork", "event-loop"}),
            "--subjects: found \"event-loop\", which cannot have the 4 units of table \"http\", expected 1: of "
            "event-loop they are loops, always 1");
}

TEST(Spec, NarrowingToAnUnknownNameSaysTheNearest) {
  const Spec spec = read_spec(BAKEOFF_SOURCE_DIR "/harness/experiment/quick.toml", kInventory);
  const auto message = [&](std::vector<std::string> subjects, std::vector<std::string> workloads) -> std::string {
    try {
      narrow(spec, subjects, workloads, kInventory);
    } catch (const input::InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message({"fibres"}, {}),
            "--subjects: found \"fibres\", expected one of threads, prefork, fibers, event-loop; did you mean "
            "\"fibers\"?");
  EXPECT_EQ(message({}, {"ehco"}),
            "--workloads: found \"ehco\", expected one of echo, http, counter, count; did you mean \"echo\"?");
}

}  // namespace
}  // namespace bakeoff::experiment
