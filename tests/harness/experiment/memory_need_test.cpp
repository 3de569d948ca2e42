// Whether a trial fits into memory, by arithmetic.
#include <gmock/gmock.h>

#include <vector>

#include "harness/experiment/memory_need.h"

namespace bakeoff::experiment {
namespace {

constexpr std::uint64_t kMib = 1024, kGib = 1024 * 1024;

subjects::Subject pool_of_processes() {
  subjects::Subject subject;
  subject.name = subject.model = "pool";
  subject.holds_connection = true;
  return subject;
}

/// A row with that number of connections, each with a process of its own that has `own_kib` to itself beside what all
/// share.
journal::Trial measured(std::uint64_t connections, std::uint64_t own_kib, std::uint64_t shared_kib) {
  journal::Trial row;
  row.subject = "pool";
  row.workload = "http";
  row.params.load.connections = connections;
  const std::uint64_t processes = connections + 1;  // And the parent.
  journal::SubjectRow cost;
  cost.processes_peak = processes;
  cost.pss_end_kib = shared_kib + connections * own_kib;
  cost.rss_end_kib = processes * shared_kib + connections * own_kib;
  row.subject_cost = cost;
  return row;
}

journal::Trial wanted(std::uint64_t connections) {
  journal::Trial row;
  row.subject = "pool";
  row.workload = "http";
  row.params.load.connections = connections;
  return row;
}

std::string verdict(const journal::Trial& next, const std::vector<journal::Trial>& earlier,
                    std::uint64_t available_kib) {
  return why_it_does_not_fit(next, pool_of_processes(), earlier, available_kib);
}

TEST(MemoryNeed, OfMoreUnitsThanFitIsSaidWithTheArithmetic) {
  EXPECT_EQ(verdict(wanted(10'000), {measured(100, 5427, 9000)}, 22 * kGib),
            "10000 units x 5.3 MiB measured = 52 GiB, 22 GiB available: not started");
}

TEST(MemoryNeed, DoesNotCountWhatTheUnitsShareForEachOfThem) {
  // 8 processes with 40 MiB in common: all together, divided by 8, would be 5 MiB too much for each.
  EXPECT_EQ(pss_per_unit_kib(*measured(8, 100, 40 * kMib).subject_cost, 8), 100);
  EXPECT_EQ(verdict(wanted(10'000), {measured(8, 100, 40 * kMib)}, 2 * kGib), "");
}

TEST(MemoryNeed, OfOneProcessIsToldFromManyUnitsOnly) {
  journal::SubjectRow cost;
  cost.pss_end_kib = 6400;
  EXPECT_EQ(pss_per_unit_kib(cost, 8), std::nullopt);
  EXPECT_EQ(pss_per_unit_kib(cost, 64), 100);
  EXPECT_EQ(pss_per_unit_kib({}, 64), std::nullopt);
}

TEST(MemoryNeed, IsToldByTheTrialWithMostUnitsOfTheSameWork) {
  journal::Trial other_request = measured(100, 50 * kMib, 0);
  other_request.params.load.request = "/large";
  journal::Trial other_subject = measured(100, 50 * kMib, 0);
  other_subject.subject = "elsewhere";
  journal::Trial not_begun = wanted(100);
  EXPECT_EQ(verdict(wanted(1000), {other_request, other_subject, not_begun}, kGib), "");
  EXPECT_EQ(verdict(wanted(1000), {measured(100, kMib, 0), measured(10, 50 * kMib, 0)}, kGib), "");
  EXPECT_NE(verdict(wanted(1000), {measured(100, 2 * kMib, 0), measured(10, 50 * kMib, 0)}, kGib), "");
}

TEST(MemoryNeed, OfWhatHasRunBeforeIsNoQuestion) {
  EXPECT_EQ(verdict(wanted(100), {measured(100, 50 * kMib, 0)}, kGib), "");
}

TEST(MemoryNeed, CountsUnitsThatWereAskedForAndTheConnectionsOfModelsThatShareThem) {
  journal::Params params;
  params.load.connections = 16;
  params.load.idle = 1000;
  subjects::Subject loop;
  EXPECT_EQ(unit_count(loop, params).count, 1016U);
  EXPECT_EQ(unit_count(loop, params).what, "connections");
  EXPECT_EQ(unit_count(pool_of_processes(), params).what, "units");
  params.units = 5000;
  EXPECT_EQ(unit_count(loop, params).count, 5000U);
  EXPECT_EQ(unit_count(loop, params).what, "units");
}

}  // namespace
}  // namespace bakeoff::experiment
