// What --fail-on-regression makes of cells, whichever comparison they come from.
#include "harness/report/compare/gate.h"

#include <gmock/gmock.h>

namespace bakeoff::report::compare {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

BuildComparison against(double low, double median, double high) {
  return {.table = "http",
          .subject = "event-loop",
          .ratio = stats::Ratio{.median = median, .interval = stats::Interval{low, high}, .pairs = 8}};
}

GateCell gate_cell(const BuildComparison& cell) {
  return gate_cells(std::vector{cell}).front();
}

/// The change of a subject whose ratio was 1, known exactly.
GateCell changed(double low, double median, double high, bool more_is_better = false, double margin = 0.05) {
  const stats::Ratio before{.median = 1, .interval = stats::Interval{1, 1}, .pairs = 8};
  const stats::Ratio after{.median = median, .interval = stats::Interval{low, high}, .pairs = 8};
  const CellChange cell{
      .table = "http", .subject = "event-loop", .change = stats::change_between(before, after, margin, more_is_better)};
  return gate_cells(std::vector{cell}, margin).front();
}

TEST(Gate, AnIntervalThatReachesBeyondTheShareIsUnknownAndNotPassed) {
  // As it was seen: "cannot tell", from 0.6 to 3.9, and exit status 0.
  EXPECT_TRUE(is_unknown(changed(0.6, 1.4, 3.9), 0.05));
  EXPECT_TRUE(is_unknown(gate_cell(against(0.6, 1.4, 3.9)), 0.05)) << "\"no difference\" is told of it in a run";
  EXPECT_FALSE(is_regression(changed(0.6, 1.4, 3.9), 0.05));
  EXPECT_FALSE(is_unknown(changed(0.6, 1.4, 3.9), 3)) << "three times as much is excluded";
}

TEST(Gate, WhatExcludesTheRegressionIsKnown) {
  EXPECT_FALSE(is_unknown(gate_cell(against(0.97, 1.0, 1.03)), 0.05));
  EXPECT_TRUE(is_unknown(gate_cell(against(0.97, 1.0, 1.05)), 0.05));
  EXPECT_FALSE(is_unknown(changed(0.93, 0.99, 1.04), 0.05));
  EXPECT_TRUE(is_unknown(changed(0.93, 0.99, 1.08), 0.05)) << "the same as far as two runs tell, and not excluded";
  EXPECT_FALSE(is_unknown(changed(0.93, 0.99, 1.08), 0.10)) << "told to be the same";
  EXPECT_FALSE(is_unknown(changed(0.5, 0.6, 0.7), 0.05)) << "told to be better";
}

TEST(Gate, ARegressionIsToldWorseAndByTheShareInTheMiddle) {
  EXPECT_TRUE(is_regression(gate_cell(against(1.01, 1.08, 1.2)), 0.05));
  EXPECT_FALSE(is_regression(gate_cell(against(1.01, 1.04, 1.2)), 0.05));
  EXPECT_TRUE(is_unknown(gate_cell(against(1.01, 1.04, 1.2)), 0.05)) << "worse, and perhaps by more than that";
  EXPECT_FALSE(is_unknown(gate_cell(against(1.01, 1.02, 1.04)), 0.05)) << "worse, and by less than that";
  EXPECT_TRUE(is_regression(changed(1.06, 1.08, 1.2), 0.05));
  EXPECT_FALSE(is_regression(changed(1.04, 1.08, 1.2), 0.05)) << "within what two runs differ by";
  EXPECT_TRUE(is_unknown(changed(1.04, 1.08, 1.2), 0.05));
}

TEST(Gate, OfAFigureOfWhichMoreIsBetterLessIsTheRegression) {
  EXPECT_TRUE(is_regression(changed(0.5, 0.6, 0.7, true), 0.05));
  EXPECT_FALSE(is_regression(changed(1.5, 1.6, 1.7, true), 0.05));
  EXPECT_TRUE(is_unknown(changed(0.6, 0.9, 1.01, true), 0.05));
  EXPECT_FALSE(is_unknown(changed(0.98, 1.1, 1.6, true), 0.05)) << "at most 2 % worse";
}

TEST(Gate, WithoutAnIntervalOrAValueNothingIsKnown) {
  BuildComparison few = against(1, 1, 1);
  few.ratio->interval.reset();
  EXPECT_TRUE(is_unknown(gate_cell(few), 0.05));
  EXPECT_TRUE(is_unknown(gate_cell({.table = "http", .subject = "fibers", .ratio = {}}), 0.05));
  EXPECT_TRUE(is_unknown(gate_cells({CellChange{.table = "http", .subject = "fibers", .change = {}}}, 0.05)[0], 0.05));
}

TEST(Gate, SaysFromWhichRegressionOnTheseBlocksWouldHaveShownIt) {
  // Had it cost so much more, the lower end of an interval of this width would lie just above 1 and the margin.
  EXPECT_NEAR(*could_have_seen(gate_cell(against(0.5, 1, 2))), 1.0, 1e-9);
  EXPECT_NEAR(*could_have_seen(changed(0.7, 1.4, 3.9)), 1.05 * 2 - 1, 1e-9);
  EXPECT_TRUE(is_regression(gate_cell(against(0.5 * 2.01, 1 * 2.01, 2 * 2.01)), 0.05));
  EXPECT_FALSE(is_regression(gate_cell(against(0.5 * 1.99, 1 * 1.99, 2 * 1.99)), 0.05));
  EXPECT_FALSE(could_have_seen(gate_cell({.table = "http", .subject = "fibers", .ratio = {}})));
}

TEST(Gate, NamesEveryCellThatFailsOrIsUnknownAndSumsUpWhatIsUnknown) {
  BuildComparison few = against(1, 1.02, 1);
  few.ratio->interval.reset();
  const std::vector<BuildComparison> cells{
      against(1.5, 1.6, 1.7), against(0.6, 1.2, 3.9), few, {"http", "fibers", {}}, against(0.99, 1, 1.01)};
  EXPECT_THAT(
      gate_lines(gate_cells(cells), 0.05, false),
      ElementsAre(
          "regression in http: event-loop is worse by a factor of 1.60 [1.50, 1.70]",
          "cannot tell in http: event-loop, a factor of 1.20 [0.600, 3.90]: these blocks show a regression from "
          "100 % on, and the gate is at 5.0 %",
          "cannot tell in http: event-loop, a factor of 1.02: too few blocks with valid values of both for an "
          "interval, so that none could be seen",
          "cannot tell in http: fibers has no valid value to compare",
          "not passed: 3 of 5 cells may hide a regression of 5.0 %; more blocks or a precision tell, a wider "
          "gate does, or --unknown=pass lets it pass"));
  EXPECT_EQ(gate_lines(gate_cells(cells), 0.05, true).back(),
            "PASSED WITHOUT KNOWING: 3 of 5 cells may hide a regression of 5.0 %, and --unknown=pass lets that pass");
  EXPECT_THAT(gate_lines(gate_cells({against(0.99, 1, 1.01)}), 0.05, false), IsEmpty());
}

}  // namespace
}  // namespace bakeoff::report::compare
