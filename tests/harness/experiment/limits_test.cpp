// What bounds a trial: how a subject is sized, what a model cannot hold, which limit a row names.
#include "harness/experiment/limits.h"

#include <gmock/gmock.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "harness/subjects/builtin.h"
#include "harness/subjects/server.h"

namespace bakeoff::experiment {
namespace {

using testing::HasSubstr;

subjects::Subject workers() {
  subjects::Subject subject;
  subject.name = subject.model = "prefork";
  subject.unit = "process";
  subject.holds_connection = true;
  subject.default_units = 64;
  subject.max_units = 1000;
  return subject;
}

subjects::Subject loop() {
  subjects::Subject subject;
  subject.name = subject.model = "event-loop";
  subject.max_units = 1;
  return subject;
}

journal::Params load(std::uint64_t connections, std::uint64_t idle = 0) {
  journal::Params params;
  params.load.connections = connections;
  if (idle != 0) params.load.idle = idle;
  return params;
}

TEST(Sizing, GivesAUnitToEveryConnectionOfTheLoadAndBesideIt) {
  journal::Params params = load(64, 200);
  params.load.slow_senders = 3;
  params.load.slow_readers = 2;
  EXPECT_EQ(subjects::units_for(workers(), params), 64u + 200 + 3 + 2);
  EXPECT_EQ(subjects::units_for(loop(), params), 1u);
}

TEST(Sizing, LeavesRoomForConnectionsOfAChurnThatOverlap) {
  journal::Params params = load(64);
  params.load.churn = true;
  EXPECT_EQ(subjects::units_for(workers(), params), 80u);
  params = load(1);
  params.load.churn = true;
  EXPECT_EQ(subjects::units_for(workers(), params), 2u);
}

TEST(Sizing, EndsAtWhatTheModelMayHave) {
  EXPECT_EQ(subjects::units_for(workers(), load(10, 10'000)), 1000u);
  journal::Params two_cpus = load(64);
  two_cpus.units = 2;  // "cpus" of a table, on two of them.
  EXPECT_EQ(subjects::units_for(loop(), two_cpus), 1u);
  EXPECT_EQ(subjects::units_for(workers(), two_cpus), 2u) << "fewer than connections, because the table says so";
}

TEST(Sizing, CutsTheSilentConnectionsToWhatTheModelHasUnitsFor) {
  EXPECT_EQ(idle_that_fit(workers(), load(10, 900)), 900u);
  EXPECT_EQ(idle_that_fit(workers(), load(10, 10'000)), 990u);
  EXPECT_EQ(idle_that_fit(workers(), load(2000, 10'000)), 0u);
  EXPECT_EQ(idle_that_fit(loop(), load(10, 100'000)), 100'000u);
  journal::Params few = load(10, 10'000);
  few.units = 4;
  EXPECT_EQ(idle_that_fit(workers(), few), 10'000u) << "that some of them wait is what the table asks for";
}

journal::Trial measured(const journal::Params& params, std::uint64_t idle = 0) {
  journal::Trial row;
  row.params = params;
  row.client.emplace();
  row.client->connections_open = params.load.connections;
  if (idle != 0) row.client->crowd = journal::CrowdFacts{.idle = idle};
  row.server_receipt.emplace();
  return row;
}

TEST(Limits, ARowWithoutOneStaysAsItIs) {
  journal::Trial row = measured(load(10, 900), 900);
  row.server_receipt->accept_pauses = 0;
  row.server_receipt->kept_waiting = 3;
  note_limits(row, workers());
  EXPECT_EQ(row.outcome, journal::Outcome::ok);
  EXPECT_EQ(row.outcome_detail, "");
  EXPECT_FALSE(row.descriptor_limit);
}

TEST(Limits, WhatAModelCannotHoldIsSaidWithWhatWasMeasuredInstead) {
  journal::Trial row = measured(load(10, 10'000), 990);
  note_limits(row, workers());
  EXPECT_EQ(row.outcome, journal::Outcome::limit);
  EXPECT_EQ(row.outcome_detail,
            "prefork serves at most 1000 connections at a time, one per process: measured beside 990 idle ones instead "
            "of 10000");
  row.outcome_detail = "";
  row.subject_cost.emplace();
  row.subject_cost->pss_per_connection_kib = 45.04;
  row.subject_cost->kernel_per_connection_kib = 98.97;
  note_limits(row, workers());
  EXPECT_THAT(row.outcome_detail, HasSubstr("instead of 10000, at 45.0 KiB and 99.0 KiB of the kernel's each"));
}

TEST(Limits, ALoadOfMoreThanAModelServesIsMeasuredAndSaysHowManyThatAre) {
  journal::Trial row = measured(load(2000));
  note_limits(row, workers());
  EXPECT_EQ(row.outcome, journal::Outcome::ok) << "what came of it, validity says";
  EXPECT_EQ(row.outcome_detail, "prefork serves at most 1000 connections at a time, one per process");
}

TEST(Limits, TheOneThatTheSubjectMetIsNamed) {
  journal::Trial row = measured(load(64, 40'000), 32'000);
  row.server_receipt->limit = "vm.max_map_count = 65530";
  row.server_receipt->accept_pauses = 7;
  note_limits(row, loop());
  EXPECT_EQ(row.outcome, journal::Outcome::limit);
  EXPECT_EQ(row.outcome_detail, "the subject met vm.max_map_count = 65530 and stopped accepting 7 times");
  EXPECT_FALSE(row.descriptor_limit);
  row.server_receipt->limit = "RLIMIT_NOFILE = 20000";
  note_limits(row, loop());
  EXPECT_TRUE(row.descriptor_limit);
  row.server_receipt->limit.reset();
  row.server_receipt->accept_pauses = 1;
  note_limits(row, loop());
  EXPECT_EQ(row.outcome_detail, "the subject met a limit of the system and stopped accepting 1 time");
}

TEST(Limits, OfASubjectThatLockedTheLoadOutIsNamedBeforeWhatTheLoadSays) {
  journal::Trial row;
  row.params = load(64, 40'000);
  row.outcome = journal::Outcome::errors;
  row.outcome_detail = "connect: Connection timed out";
  note_limits(row, loop());
  EXPECT_EQ(row.outcome, journal::Outcome::errors);
  row.server_receipt = journal::ServerReceipt{};
  row.server_receipt->limit = "RLIMIT_NOFILE = 20000";
  note_limits(row, loop());
  EXPECT_EQ(row.outcome, journal::Outcome::limit);
  EXPECT_EQ(row.outcome_detail, "the subject met RLIMIT_NOFILE = 20000; connect: Connection timed out");
}

TEST(Limits, DescriptorsOfTheLoadAreNamedWithHowManyConnectionsThereWere) {
  journal::Trial row = measured(load(64, 1000), 500);
  row.client->errors = {{"connect", "EMFILE", 500}};
  note_limits(row, loop());
  EXPECT_EQ(row.outcome, journal::Outcome::limit);
  EXPECT_THAT(row.outcome_detail, HasSubstr("564 of 1064 connections: the load's descriptor limit is "));
  EXPECT_TRUE(row.descriptor_limit);
}

TEST(Limits, DoNotExplainADeathAway) {
  journal::Trial row = measured(load(10, 10'000), 990);
  row.outcome = journal::Outcome::died;
  row.outcome_detail = "killed by SIGSEGV";
  note_limits(row, workers());
  EXPECT_EQ(row.outcome, journal::Outcome::died);
  EXPECT_EQ(row.outcome_detail, "killed by SIGSEGV");
}

TEST(EndOfASubject, ForWantOfSomethingIsALimit) {
  const subjects::ExitResult failed{.exited = true, .status = 1};
  const auto of = [&](const std::string& said) { return subjects::explain_end(failed, said, true).outcome; };
  EXPECT_EQ(of("bakeoff-subject: fork the first worker: " + std::string(std::strerror(EAGAIN))),
            journal::Outcome::limit);
  EXPECT_EQ(of(std::strerror(ENOMEM)), journal::Outcome::limit);
  EXPECT_EQ(of("accept: " + std::string(std::strerror(EMFILE))), journal::Outcome::limit);
  EXPECT_EQ(
      of("bakeoff-subject: --units: found '9000', expected at most 12: pids.max = 20 leaves room for no more here"),
      journal::Outcome::limit);
  EXPECT_EQ(of("no luck"), journal::Outcome::died);
  EXPECT_STREQ(subjects::explain_end(failed, "no luck", true).what(), "the subject exited with 1: no luck");
}

TEST(EndOfASubject, ByTheLimitOfItsCpuTimeIsALimit) {
  const subjects::ExitResult out_of_time{.exited = false, .signal = SIGXCPU};
  EXPECT_EQ(subjects::explain_end(out_of_time, "", false).outcome, journal::Outcome::limit);
  EXPECT_THAT(subjects::explain_end(out_of_time, "", false).what(), HasSubstr("RLIMIT_CPU"));
}

TEST(EndOfASubject, ByTheKernelForWantOfMemoryIsNamed) {
  const subjects::ExitResult killed{.exited = false, .signal = SIGKILL};
  EXPECT_EQ(subjects::explain_end(killed, "", true).outcome, journal::Outcome::limit);
  EXPECT_THAT(subjects::explain_end(killed, "", true).what(),
              HasSubstr("killed by SIGKILL; the kernel had no memory left"));
  EXPECT_EQ(subjects::explain_end(killed, "", false).outcome, journal::Outcome::died);
  EXPECT_EQ(subjects::explain_end({.exited = false, .signal = SIGKILL, .killed = true}, "", true).outcome,
            journal::Outcome::died);
  EXPECT_EQ(subjects::explain_end({.exited = false, .signal = SIGSEGV}, "", true).outcome, journal::Outcome::died);
}

}  // namespace
}  // namespace bakeoff::experiment
