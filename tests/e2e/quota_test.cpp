// Under a CPU quota: what it held up is void and named, and doctor, manifest and the report's foot name the quota.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/validity/validity.h"
#include "tests/e2e/cpu_cgroup.h"
#include "tests/e2e/serve_call.h"

namespace bakeoff::e2e {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// 0.05 of a CPU: even on a machine with much else to do, a load and its server use up what they get of each period.
class UnderAQuota : public testing::Test {
 protected:
  void SetUp() override {
    if (!quota_.made()) GTEST_SKIP() << "no cgroup with a CPU quota may be made here";
  }
  Call::Result call(const std::vector<std::string>& arguments) const {
    return Call(bakeoff_program(), arguments, quota_.prefix()).finish();
  }
  const CpuCgroup quota_{5'000};
};

TEST_F(UnderAQuota, ARunStrikesOutWhatItHeldUpAndNamesItInManifestAndFoot) {
  const subjects::ScratchFolder folder;
  const std::string file = folder.path() / "toy.toml", out = folder.path() / "out";
  test::write_text(
      file,
      "name = \"toy\"\nsubjects = [\"event-loop\"]\nblocks = 1\n[[tables]]\nworkload = \"echo\"\nconnections = 8\n"
      "window_s = 0.5\nwarmup_s = 0.1\n");
  const auto result = call({"run", file, "--out", out});
  const auto rows = journal::read_journal(out).trials;
  ASSERT_FALSE(rows.empty()) << result.errors;
  for (const journal::Trial& row : rows) {
    EXPECT_EQ(validity::void_reason(row, validity::metric::kThroughput), validity::reason::kThrottled);
    EXPECT_EQ(validity::void_reason(row, "latency.p99"), validity::reason::kThrottled);
    EXPECT_NE(validity::void_reason(row, validity::metric::kCpuPerRequest), validity::reason::kThrottled);
    for (const auto& quota : {row.subject_quota, row.load_quota}) {
      ASSERT_TRUE(quota);
      EXPECT_DOUBLE_EQ(quota->cpus, 0.05);
      EXPECT_GT(quota->throttled_us, 0);
      EXPECT_GE(quota->periods, quota->throttled_periods);
    }
  }
  // CPU per request is a valid number, unless others were on the CPUs.
  EXPECT_EQ(result.status,
            validity::gives_valid_number(rows.front()) || validity::gives_valid_number(rows.back()) ? 0 : 4);
  EXPECT_EQ(journal::read_manifest(out).machine.limits.cgroup_cpus_max, 0.05);
  EXPECT_THAT(result.output, HasSubstr("throttled: event-loop: req/s"));
  EXPECT_THAT(result.output, HasSubstr("a CPU quota of 0.05, "));
}

TEST_F(UnderAQuota, ALoadOfAServerOutsideItHasNoValidThroughput) {
  const ServeCall server({"serve", "event-loop", "http"});
  ASSERT_NE(server.port, "") << server.call.errors_so_far();
  const auto result =
      call({"load", server.url(), "-d", "0.5s", "--warmup", "0.1s", "--no-ceiling", "--format", "json"});
  EXPECT_EQ(result.status, 4) << result.errors;
  const auto row = json::parse(result.output);
  EXPECT_EQ(row.at("validity").value("throughput", ""), "throttled");
  EXPECT_GT(row.at("load_quota").at("throttled_us").get<double>(), 0);
  EXPECT_FALSE(row.contains("subject_quota")) << "the server has none";
}

TEST_F(UnderAQuota, ALocalServerIsSeenToBeHeldUpByALoadOutsideIt) {
  const ServeCall server({"serve", "event-loop", "http"}, quota_.prefix());
  ASSERT_NE(server.port, "") << server.call.errors_so_far();
  // Work of the server's, so that it is what runs, however little the load gets of this machine.
  const std::string url = server.url() + "work/100000";
  const auto result = bakeoff_call({"load", url, "-d", "0.5s", "--warmup", "0.1s", "--no-ceiling", "--format", "json"});
  EXPECT_EQ(result.status, 4) << result.errors;
  const auto row = json::parse(result.output);
  EXPECT_EQ(row.at("validity").value("throughput", ""), "throttled");
  EXPECT_DOUBLE_EQ(row.at("subject_quota").at("cpus").get<double>(), 0.05);
  EXPECT_FALSE(row.contains("load_quota"));
}

TEST_F(UnderAQuota, AJobsTimeIsVoidAndItsCpuTimeIsNot) {
  const auto result = call({"job", "sequential", "count", "--size", "50000000", "--format", "json"});
  const auto row = json::parse(result.output);
  EXPECT_EQ(row.at("validity").value("elapsed", ""), "throttled") << row.dump();
  EXPECT_NE(row.at("validity").value("cpu", ""), "throttled");
  EXPECT_DOUBLE_EQ(row.at("subject_quota").at("cpus").get<double>(), 0.05);
}

TEST_F(UnderAQuota, DoctorSaysSo) {
  const auto findings = json::parse(call({"doctor", "--format", "json"}).output).at("findings");
  std::size_t found = 0;
  for (const auto& finding : findings) {
    if (finding.at("name") != "quota") continue;
    ++found;
    EXPECT_EQ(finding.at("level"), "trouble");
    EXPECT_THAT(finding.at("found").get<std::string>(), HasSubstr("0.05 CPUs, for "));
  }
  EXPECT_EQ(found, 1U);
}

}  // namespace
}  // namespace bakeoff::e2e
