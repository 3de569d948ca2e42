// How blocks are cut into slices: who comes when, who may not take part, and what is left out.
#include "harness/experiment/slices.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/experiment/plan.h"
#include "harness/journal/slices.h"

namespace bakeoff::experiment {
namespace {

std::vector<journal::Trial> planned(const std::vector<std::string>& subjects) {
  std::vector<journal::Trial> rows(subjects.size());
  for (std::size_t i = 0; i < subjects.size(); ++i) rows[i].subject = subjects[i];
  return rows;
}

TEST(RoundOrder, EverySubjectIsInEveryPlaceEquallyOften) {
  for (const std::size_t subjects : {2U, 3U, 4U, 5U}) {
    const auto rows = planned({"a", "b", "c", "d", "e"});
    std::map<std::pair<std::size_t, std::size_t>, int> times;
    for (std::uint64_t round = 0; round < 2 * subjects; ++round) {
      const auto order = round_order(std::span(rows).first(subjects), round);
      EXPECT_EQ(std::set(order.begin(), order.end()).size(), subjects);
      for (std::size_t place = 0; place < subjects; ++place) ++times[{order[place], place}];
    }
    EXPECT_EQ(times.size(), subjects * subjects);
    for (const auto& [where, count] : times) EXPECT_EQ(count, 2) << where.first << " in place " << where.second;
  }
}

TEST(RoundOrder, TheBuildsOfOneSubjectStayNextToEachOtherAndTakeTurns) {
  const auto rows = planned({"a", "a@other", "b@other", "b"});
  std::map<std::string, int> first;
  std::set<std::pair<std::string, std::size_t>> places;
  for (std::uint64_t round = 0; round < 4; ++round) {
    const auto order = round_order(rows, round);
    for (const std::size_t place : {0U, 2U}) {
      const std::string one = rows[order[place]].subject, next = rows[order[place + 1]].subject;
      EXPECT_EQ(one.front(), next.front());
      ++first[one];
    }
    for (std::size_t place = 0; place < 4; ++place) places.emplace(rows[order[place]].subject, place);
  }
  for (const auto& [subject, count] : first) EXPECT_EQ(count, 2) << subject;
  EXPECT_EQ(places.size(), 16U) << "each in each place";
}

class WhyOneByOne : public testing::Test {
 protected:
  std::string why(const std::vector<journal::Trial>& earlier = {}) const {
    return why_one_by_one(spec, table, earlier);
  }

  WhyOneByOne() {
    spec.subjects = {"a", "b"};
    table.name = "t";
    table.work = "echo";
  }

  Spec spec;
  TableSpec table;
};

TEST_F(WhyOneByOne, AnOrdinaryTableAlternates) {
  EXPECT_EQ(why(), "");
}

TEST_F(WhyOneByOne, WhatCannotShareTheMachineRunsByItself) {
  const auto changed = [&](auto change) {
    const TableSpec before = table;
    const Spec spec_before = spec;
    change();
    const std::string text = why();
    table = before;
    spec = spec_before;
    return text;
  };
  EXPECT_EQ(changed([&] { spec.one_by_one = true; }), "asked for");
  EXPECT_EQ(changed([&] { spec.subjects = {"a"}; }), "there is one subject");
  EXPECT_EQ(changed([&] { table.kind = journal::TrialKind::job; }), "a job has every CPU");
  EXPECT_EQ(changed([&] { table.load.rate_rps = 10, table.load.ramp_to_rps = 100; }), "the load is a ramp");
  EXPECT_EQ(changed([&] { table.load.idle = 10; }), "there are connections beside the load");
  EXPECT_EQ(changed([&] { table.load.slow_readers = 1; }), "there are connections beside the load");
  EXPECT_EQ(changed([&] { table.load.connections = 5000; }), "there are more than 1000 connections");
  EXPECT_EQ(changed([&] { table.load.request = "/wait/{fixed:100000}"; }), "each request waits long beside a slice");
  EXPECT_EQ(changed([&] { table.load.request = "/wait/{fixed:10000}"; }), "");
  EXPECT_EQ(changed([&] { table.window_s = 0.1; }), "the window is shorter than two slices");
}

TEST_F(WhyOneByOne, ASubjectThatDoesNotRestIsSeenInTheBlockBefore) {
  journal::Trial row;
  row.table = "t";
  row.subject = "a";
  row.slices.resize(6);
  row.subject_cost.emplace();
  row.subject_cost->cpu_at_rest_share = 0.5;
  EXPECT_EQ(why({row}), "") << "once may be chance";
  EXPECT_EQ(why({row, row}), "a uses the CPU while nobody asks it");
  row.subject_cost->cpu_at_rest_share = 0.001;
  EXPECT_EQ(why({row}), "");
  row.client.emplace();
  row.client->latency_us["total"].p50 = 50'000;
  EXPECT_EQ(why({row, row}), "requests of a take long beside a slice");
  row.outcome = journal::Outcome::overloaded;
  EXPECT_EQ(why({row, row}), "") << "a slow block is no property of the request";
  row.outcome = journal::Outcome::ok;
  row.table = "another";
  EXPECT_EQ(why({row, row}), "");
}

TEST_F(WhyOneByOne, WhatDidNotFitOnceIsNotTriedAgainInTheNextBlock) {
  journal::Trial row;
  row.table = "t";
  row.one_by_one = kDoNotFit;
  EXPECT_EQ(why({row}), kDoNotFit);
  row.table = "another";
  EXPECT_EQ(why({row}), "");
  row.table = "t";
  row.one_by_one = "a subject meets a limit";
  EXPECT_EQ(why({row}), "") << "it meets it by itself too, so that the others may alternate";
}

/// Two rows of `rounds` slices each that take turns.
std::vector<journal::Trial> two_rows(std::uint64_t rounds) {
  std::vector<journal::Trial> rows(2);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (std::uint64_t place = 0; place < 2; ++place) {
      journal::SliceFacts slice;
      slice.round = round;
      slice.place = place;
      slice.foreign_cpu_share = 0.001;
      rows[place].slices.push_back(slice);
    }
  }
  return rows;
}

std::vector<std::uint64_t> left_out(const journal::Trial& row) {
  std::vector<std::uint64_t> rounds;
  for (const journal::SliceFacts& slice : row.slices) {
    if (slice.left_out) rounds.push_back(slice.round);
  }
  return rounds;
}

TEST(LeaveOutDisturbed, ASliceGoesWithThoseNextToItInTimeWhoeverTheyAreOf) {
  std::vector<journal::Trial> rows = two_rows(6);
  rows[0].slices[2].foreign_cpu_share = 0.3;
  std::vector<journal::Trial*> all{&rows[0], &rows[1]};
  leave_out_disturbed(all);
  EXPECT_EQ(left_out(rows[0]), (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(left_out(rows[1]), (std::vector<std::uint64_t>{1, 2}));
}

TEST(LeaveOutDisturbed, TheFirstAndTheLastHaveOneNeighbour) {
  std::vector<journal::Trial> rows = two_rows(4);
  rows[0].slices.front().foreign_cpu_share = 0.1;
  rows[1].slices.back().load_foreign_share = 0.5;
  std::vector<journal::Trial*> all{&rows[0], &rows[1]};
  leave_out_disturbed(all);
  EXPECT_EQ(left_out(rows[0]), (std::vector<std::uint64_t>{0, 3}));
  EXPECT_EQ(left_out(rows[1]), (std::vector<std::uint64_t>{0, 3}));
}

TEST(LeaveOutDisturbed, ARowThatWouldKeepFewerThanHalfKeepsAllAndIsNoisy) {
  std::vector<journal::Trial> rows = two_rows(6);
  for (const std::size_t round : {0U, 2U, 4U, 5U}) rows[0].slices[round].foreign_cpu_share = 0.3;
  std::vector<journal::Trial*> all{&rows[0], &rows[1]};
  leave_out_disturbed(all);
  EXPECT_EQ(journal::kept_slices(rows[0]), 6U) << "then all count";
  EXPECT_TRUE(journal::too_few_slices(rows[0]));
}

TEST(LeaveOutDisturbed, OneTickOfStealMayBeAMomentAndTwoAreNot) {
  std::vector<journal::Trial> rows = two_rows(6);
  for (journal::Trial& row : rows) {
    for (journal::SliceFacts& slice : row.slices) slice.window_s = 0.1;
  }
  std::vector<journal::Trial*> all{&rows[0], &rows[1]};
  rows[0].slices[2].steal_share = 0.1;
  leave_out_disturbed(all);
  EXPECT_TRUE(left_out(rows[0]).empty());
  rows[0].slices[2].steal_share = 0.2;
  leave_out_disturbed(all);
  EXPECT_EQ(left_out(rows[0]), (std::vector<std::uint64_t>{2}));
}

}  // namespace
}  // namespace bakeoff::experiment
