#include "harness/selftest/null_check.h"

#include <fmt/format.h>

#include "harness/report/number_format.h"

namespace bakeoff::selftest {

load::AgentPlan null_plan(const std::string& workload) {
  load::AgentPlan plan;
  plan.workload = workload;
  plan.host_field = "127.0.0.1";
  if (workload == "http") plan.load.request = "/";
  if (workload == "counter") plan.load.request = "ping";
  plan.load.connections = 64;
  plan.window_s = 0.6;
  return plan;
}

Judgement judge_null(const std::string& workload, const Observation& seen) {
  const journal::ClientRow& row = seen.client.row;
  const journal::GeneratorFacts generator = row.generators.empty() ? journal::GeneratorFacts{} : row.generators.front();
  const double us = row.replies_ok != 0 ? generator.cpu_us / static_cast<double>(row.replies_ok) : 0;
  const double busy = generator.cpu_share.value_or(0);
  CheckFinding finding{
      .name = "null " + workload,
      .expected = "all right, receipts equal",
      .measured = fmt::format("{} requests/s, {} each, {:.0f} % busy", report::format_number(row.throughput_rps),
                              report::format_latency(us), busy * 100),
      .why = unexpected_failure(seen),
      .figures = {{"throughput_rps", row.throughput_rps},
                  {"generator_cpu_us_per_request", us},
                  {"generator_cpu_share", busy},
                  {"replies_ok", static_cast<double>(row.replies_ok)}}};
  if (row.wrong_answers != 0) finding.why = fmt::format("{} wrong: {}", row.wrong_answers, seen.client.complaint);
  if (row.replies_ok == 0) finding.why = "no reply";
  if (!finding.why.empty()) finding.verdict = CheckVerdict::failed;
  return {noise_reason(seen), {finding}};
}

}  // namespace bakeoff::selftest
