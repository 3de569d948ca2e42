// The options of a gate, and the exit status that comes of it.
#include "harness/commands/gate.h"

#include <gmock/gmock.h>

#include "harness/commands/commands.h"

namespace bakeoff::commands {
namespace {

report::BuildComparison cell(double low, double median, double high) {
  return {.table = "http",
          .subject = "event-loop",
          .ratio = stats::Ratio{.median = median, .interval = stats::Interval{low, high}, .pairs = 8}};
}

TEST(Gate, ExitsWithThreeForARegressionAndWithFourForWhatCannotBeTold) {
  const std::vector<report::compare::GateCell> worse =
      report::compare::gate_cells({cell(1.5, 1.6, 1.7), cell(0.6, 1.2, 3.9)});
  const std::vector<report::compare::GateCell> unknown =
      report::compare::gate_cells({cell(0.6, 1.2, 3.9), cell(0.99, 1, 1.01)});
  const std::vector<report::compare::GateCell> known = report::compare::gate_cells({cell(0.99, 1, 1.01)});
  testing::internal::CaptureStderr();
  for (const bool unknown_passes : {false, true}) {
    const Gate gate{.share = 0.05, .unknown_passes = unknown_passes};
    EXPECT_EQ(apply_gate(gate, worse), kNotMet);
    EXPECT_EQ(apply_gate(gate, unknown), unknown_passes ? kDone : kNoValid);
    EXPECT_EQ(apply_gate(gate, known), kDone);
  }
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("bakeoff: PASSED WITHOUT KNOWING"));
}

TEST(Gate, IsReadFromItsTwoOptions) {
  EXPECT_FALSE(gate_of("", ""));
  EXPECT_FALSE(gate_of("5%", "")->unknown_passes) << "what cannot be told fails by default";
  EXPECT_TRUE(gate_of("5%", "pass")->unknown_passes);
  EXPECT_DOUBLE_EQ(gate_of("5%", "fail")->share, 0.05);
  EXPECT_THROW(gate_of("", "pass"), input::InputError);
  EXPECT_THROW(gate_of("much", ""), input::InputError);
}

}  // namespace
}  // namespace bakeoff::commands
