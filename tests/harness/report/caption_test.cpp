// What a report says beside its numbers: the captions of its tables, and its foot.
#include <gmock/gmock.h>

#include <functional>

#include "harness/report/report_info.h"
#include "harness/report/table.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// What the caption of a table says of a load.
std::string caption_of(const std::function<void(journal::LoadShape&)>& set) {
  std::vector<journal::Trial> rows = test::http_rows(1);
  for (journal::Trial& row : rows) {
    row.params = {};
    set(row.params.load);
  }
  return build_table(rows, "http", test::report_info()).caption;
}

TEST(Caption, SaysInWordsHowRequestsArriveAndWhoElseIsThere) {
  EXPECT_THAT(caption_of([](journal::LoadShape& load) { load.connections = 64; }),
              HasSubstr("http · 64 connections, closed loop · "));
  EXPECT_THAT(caption_of([](journal::LoadShape& load) {
                load.pipeline = 4;
                load.churn = true;
              }),
              HasSubstr("http · closed loop, pipeline 4, one connection per request · "));
  EXPECT_THAT(caption_of([](journal::LoadShape& load) {
                load.connections = 64;
                load.rate_rps = 5000;
                load.poisson = true;
                load.idle = 1000;
              }),
              HasSubstr("64 connections, open loop, 5000/s Poisson, 1000 idle beside it · "));
  EXPECT_THAT(caption_of([](journal::LoadShape& load) {
                load.connections = 64;
                load.idle = 1000;
                load.idle_asks = true;
              }),
              HasSubstr("64 connections, closed loop, 1000 served and idle beside it · "));
  EXPECT_THAT(caption_of([](journal::LoadShape& load) {
                load.rate_rps = 12.5;
                load.ramp_to_rps = 1e6;
              }),
              HasSubstr("http · open loop, 12.5/s to 1000000/s · "));
  EXPECT_THAT(caption_of([](journal::LoadShape& load) {
                load.idle = 5;
                load.slow_senders = 1;
                load.slow_readers = 2;
              }),
              HasSubstr("closed loop, 5 idle and 1 slow sender and 2 slow readers beside it · "));
}

TEST(Caption, NamesTheTransportWhereItIsNotTcp) {
  std::vector<journal::Trial> rows = test::http_rows(1);
  EXPECT_THAT(build_table(rows, "http", test::report_info()).caption, Not(HasSubstr("socket")));
  for (journal::Trial& row : rows) row.params.transport = journal::Transport::unix_socket;
  EXPECT_THAT(build_table(rows, "http", test::report_info()).caption, HasSubstr(" · over a Unix socket · "));
}

TEST(Caption, SaysWhetherSubjectAndLoadShareACpu) {
  std::vector<journal::Trial> rows = test::http_rows(1);
  EXPECT_THAT(build_table(rows, "http", test::report_info()).caption, HasSubstr(" · subject on CPU 0, load on CPU 1"));
  for (journal::Trial& row : rows) row.load_cpus = row.subject_cpus;
  EXPECT_THAT(build_table(rows, "http", test::report_info()).caption,
              HasSubstr(" · subject and load on the same CPU 0"));
}

TEST(ReportInfo, NamesACpuQuotaInTheFoot) {
  journal::Manifest manifest;
  manifest.machine.cpus = {0, 1};
  EXPECT_THAT(report_info(manifest).foot, Not(Contains(HasSubstr("quota"))));
  manifest.machine.limits.cgroup_cpus_max = 0.4;
  EXPECT_THAT(report_info(manifest).foot, Contains(HasSubstr("2 CPUs, a CPU quota of 0.4")));
  EXPECT_EQ(journal::manifest_from_json(journal::manifest_to_json(manifest)).machine.limits.cgroup_cpus_max, 0.4);
}

TEST(ReportInfo, HasTheTwinsOfTheManifestAndSaysTheVersionsBelow) {
  journal::Manifest manifest;
  manifest.twins = {{"nginx", "event-loops"}};
  manifest.differs = {{"nginx", "parses"}};
  manifest.versions = {{"nginx", "nginx/1.22.1"}, {"redis", "Redis server v=7"}};
  const ReportInfo info = report_info(manifest);
  EXPECT_EQ(info.twins, manifest.twins);
  EXPECT_EQ(info.differs, manifest.differs);
  EXPECT_THAT(info.foot, Contains(AllOf(HasSubstr("nginx: nginx/1.22.1"), HasSubstr("redis: Redis server v=7"))));
}

TEST(TheEndOfARun, IsSaidOnceWhereAllTablesEndedAlikeAndByNameWhereTheyDidNot) {
  journal::EndFacts ended;
  ended.tables = {{"echo", "all blocks ran", 12}, {"http", "all blocks ran", 12}};
  EXPECT_EQ(end_in_words(ended), "all blocks ran (12 blocks)");
  ended.tables[0] = {"echo", "the precision is reached", 1};
  EXPECT_EQ(end_in_words(ended), "echo: the precision is reached (1 block); http: all blocks ran (12 blocks)");
}

TEST(TheEndOfARun, StandsInTheFootWhateverItWas) {
  journal::Manifest manifest;
  EXPECT_THAT(report_info(manifest).foot, Not(Contains(HasSubstr("cut off")))) << "a version that did not record it";
  manifest.blocks = 8;
  EXPECT_THAT(report_info(manifest).foot, Contains("the run was cut off, or is still under way"));
  manifest.ended = journal::EndFacts{.at = "", .elapsed_s = 1, .failure = "cannot write x: full", .tables = {}};
  manifest.resumed_at = {"a", "b"};
  EXPECT_THAT(report_info(manifest).foot, Contains("the run was broken off: cannot write x: full"));
  EXPECT_THAT(report_info(manifest).foot, Contains(HasSubstr("resumed 2 times")));
  manifest.ended = journal::EndFacts{.at = "", .elapsed_s = 1, .failure = "", .tables = {{"echo", "interrupted", 3}}};
  EXPECT_THAT(report_info(manifest).foot, Contains("ended: interrupted (3 blocks)"));
}

}  // namespace
}  // namespace bakeoff::report
