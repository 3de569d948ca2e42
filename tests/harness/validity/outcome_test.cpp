// What it takes for a row to be ok: at least one right reply, where there was a load at all.
#include <gtest/gtest.h>

#include "harness/validity/validity.h"

namespace bakeoff::validity {
namespace {

/// A load in which nothing went wrong and nothing came of it.
journal::Trial fruitless(std::uint64_t requests) {
  journal::Trial trial;
  journal::ClientRow client;
  client.requests = requests;
  client.connections_open = client.connections_served = 4;
  client.window_s = 1;
  trial.client = client;
  return trial;
}

TEST(Outcome, WithoutOneRightReplyIsNotOk) {
  journal::Trial trial = fruitless(7);
  judge(trial);
  EXPECT_EQ(trial.outcome, journal::Outcome::starved);
  EXPECT_EQ(trial.outcome_detail, "no right reply in the window to 7 requests");
  trial = fruitless(7);
  trial.client->replies_ok = 1;
  judge(trial);
  EXPECT_EQ(trial.outcome, journal::Outcome::ok);
  EXPECT_EQ(trial.outcome_detail, "");
}

TEST(Outcome, OfAWindowInWhichNothingWasAskedIsNotOk) {
  journal::Trial trial = fruitless(0);
  trial.client->connections_asked = 0;
  trial.client->connections_open = 0;
  judge(trial);
  EXPECT_EQ(trial.outcome, journal::Outcome::errors);
  EXPECT_EQ(trial.outcome_detail, "no request was sent in the window");
}

TEST(Outcome, SaysFirstWhatWentWrongWhereThereWasNoRightReply) {
  journal::Trial trial = fruitless(7);
  trial.client->errors = {{"reply", "503", 7}};
  judge(trial);
  EXPECT_EQ(trial.outcome_detail, "7 errors");
  trial = fruitless(7);
  trial.client->unfinished = 7;
  judge(trial);
  EXPECT_EQ(trial.outcome, journal::Outcome::overloaded);
  trial = fruitless(7);
  trial.client->connections_asked = 4;
  trial.client->connections_served = 1;
  judge(trial);
  EXPECT_EQ(trial.outcome_detail, "1 of 4 connections served");
}

TEST(Outcome, OfAJobDoesNotAskForReplies) {
  journal::Trial trial;
  trial.params.kind = journal::TrialKind::probe;
  judge(trial);
  EXPECT_EQ(trial.outcome, journal::Outcome::ok);
  trial.job = journal::JobRow{.executor = "thread", .answer = 6, .answer_right = true, .elapsed_ns = 1000};
  trial.params.kind = journal::TrialKind::job;
  judge(trial);
  EXPECT_EQ(trial.outcome, journal::Outcome::ok);
}

}  // namespace
}  // namespace bakeoff::validity
