#include "harness/experiment/permanent_failure.h"

#include <gmock/gmock.h>

#include <vector>

namespace bakeoff::experiment {
namespace {

using testing::HasSubstr;

journal::Trial trial(const std::string& subject, int block, const std::string& detail = "",
                     journal::Outcome outcome = journal::Outcome::errors) {
  journal::Trial row;
  row.subject = subject;
  row.table = "http";
  row.workload = "http";
  row.block = block;
  row.outcome = outcome;
  row.outcome_detail = detail;
  return row;
}

const char* const kWrong = "verify: expected Hello, got Goodbye";

TEST(LastingFailure, WrongBytesInTheVerificationCondemnTheLaterBlocksOfThatTable) {
  const std::vector<journal::Trial> rows{trial("right", 0, "", journal::Outcome::ok), trial("wrong", 0, kWrong)};
  EXPECT_THAT(permanent_failure_of(rows, trial("wrong", 1)), HasSubstr("answered wrongly in block 1"));
  EXPECT_EQ(permanent_failure_of(rows, trial("right", 1)), "");
  journal::Trial elsewhere = trial("wrong", 1);
  elsewhere.table = elsewhere.workload = "echo";
  EXPECT_EQ(permanent_failure_of(rows, elsewhere), "") << "another table asks for something else";
}

TEST(LastingFailure, WhatMayBeChanceCondemnsNobody) {
  for (const char* detail :
       {"verify: connect: Connection refused", "verify: no reply within the time limit",
        "verify: the server closed the connection in mid-reply", "10 errors: connect ECONNREFUSED"}) {
    const std::vector<journal::Trial> rows{trial("a", 0, detail)};
    EXPECT_EQ(permanent_failure_of(rows, trial("a", 1)), "") << detail;
  }
  for (const journal::Outcome outcome :
       {journal::Outcome::died, journal::Outcome::limit, journal::Outcome::not_run, journal::Outcome::overloaded}) {
    const std::vector<journal::Trial> rows{trial("a", 0, kWrong, outcome)};
    EXPECT_EQ(permanent_failure_of(rows, trial("a", 1)), "");
  }
}

TEST(LastingFailure, UnderTheLoadItTakesThatNoReplyWasRight) {
  std::vector<journal::Trial> rows{trial("a", 0, "expected the same body as before")};
  rows[0].client.emplace().wrong_answers = 3;
  EXPECT_THAT(permanent_failure_of(rows, trial("a", 1)), HasSubstr("answered wrongly in block 1"));
  rows[0].client->replies_ok = 1;
  EXPECT_EQ(permanent_failure_of(rows, trial("a", 1)), "") << "it may answer rightly in the next block";
}

}  // namespace
}  // namespace bakeoff::experiment
