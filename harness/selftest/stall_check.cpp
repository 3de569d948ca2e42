#include "harness/selftest/stall_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "harness/report/number_format.h"
#include "harness/validity/validity.h"

namespace bakeoff::selftest {
namespace {

load::AgentPlan plan_of(const Stall& stall) {
  load::AgentPlan plan;
  plan.workload = "echo";
  plan.host_field = "127.0.0.1";
  plan.window_s = stall.window_s;
  return plan;
}

stats::LatencySummary latency(const Observation& seen, const char* which) {
  const auto& classes = seen.client.row.latency_us;
  const auto found = classes.find(which);
  return found == classes.end() ? stats::LatencySummary{} : found->second;
}

std::string milliseconds(double us) {
  return report::format_with_unit(us / 1000, "ms");
}

/// Why the stall's latencies would say more about the generator than about the server.
std::string lateness(const Stall& stall, const Observation& seen) {
  const double late_us = latency(seen, "slip").max;
  const double most_us = kStallTolerance / 3 * stall.stall_s * 1e6;
  if (late_us <= most_us) return "";
  return fmt::format("{}: the generator was late by {}", validity::reason::kSlipped, milliseconds(late_us));
}

CheckFinding judge_time(const std::string& name, double expected_us, double measured_us, const Observation& seen) {
  CheckFinding finding{.name = name,
                       .expected = fmt::format("{} (± {:.0f} %)", milliseconds(expected_us), kStallTolerance * 100),
                       .measured = milliseconds(measured_us),
                       .why = unexpected_failure(seen),
                       .figures = {{"expected_us", expected_us}, {"measured_us", measured_us}}};
  if (finding.why.empty() && !(std::abs(measured_us - expected_us) <= kStallTolerance * expected_us)) {
    finding.why = fmt::format("off by {:+.1f} %", (measured_us / expected_us - 1) * 100);
  }
  if (!finding.why.empty()) finding.verdict = CheckVerdict::failed;
  return finding;
}

/// In the stall nothing is answered, and requests come due all the time: the server's pause is the stall.
CheckFinding judge_pause(const Stall& stall, const Observation& seen) {
  const auto& pauses = seen.client.row.subject_pauses;
  return judge_time("stall, pause", stall.stall_s * 1e6, pauses ? pauses->longest_us : 0, seen);
}

}  // namespace

double stalled_quantile_s(const Stall& stall, double quantile) {
  return std::max(0.0, stall.stall_s - (1 - quantile) * stall.window_s);
}

workloads::Faults stall_faults(const Stall& stall) {
  const std::chrono::duration<double> pause{stall.stall_s};
  return {.stall_at_request = stall.at_request, .stall = std::chrono::round<std::chrono::nanoseconds>(pause)};
}

load::AgentPlan open_plan(const Stall& stall) {
  load::AgentPlan plan = plan_of(stall);
  plan.load.rate_rps = stall.rate_rps;
  plan.load.pipeline = static_cast<std::uint64_t>(2 * stall.rate_rps * stall.stall_s);
  return plan;
}

load::AgentPlan closed_plan(const Stall& stall) {
  return plan_of(stall);
}

Judgement judge_open(const Stall& stall, const Observation& seen) {
  Judgement judgement;
  judgement.void_reason = noise_reason(seen);
  if (judgement.void_reason.empty() && unexpected_failure(seen).empty()) judgement.void_reason = lateness(stall, seen);
  const stats::LatencySummary total = latency(seen, "total");
  struct Figure {
    const char* name;
    double quantile;
    double measured_us;
  };
  for (const auto& [name, quantile, measured_us] :
       {Figure{"p99", 0.99, total.p99}, Figure{"p99.9", 0.999, total.p999}, Figure{"max", 1, total.max}}) {
    const double expected_us = stalled_quantile_s(stall, quantile) * 1e6 + total.p50;
    judgement.findings.push_back(judge_time(fmt::format("stall {}", name), expected_us, measured_us, seen));
  }
  judgement.findings.push_back(judge_pause(stall, seen));
  return judgement;
}

Judgement judge_closed(const Stall& stall, const Observation& seen) {
  const stats::LatencySummary total = latency(seen, "total");
  CheckFinding finding{.name = "stall, closed loop",
                       .expected = fmt::format("its p99 hides the {}", milliseconds(stall.stall_s * 1e6)),
                       .measured = fmt::format("p99 {}, p99.9 {}, max {}", milliseconds(total.p99),
                                               milliseconds(total.p999), milliseconds(total.max)),
                       .verdict = CheckVerdict::shown,
                       .why = unexpected_failure(seen),
                       .figures = {{"p99_us", total.p99}, {"p999_us", total.p999}, {"max_us", total.max}}};
  if (!finding.why.empty()) finding.verdict = CheckVerdict::failed;
  return {only_timeouts(seen) ? noise_reason(seen) : "", {finding}};
}

}  // namespace bakeoff::selftest
