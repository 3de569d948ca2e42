#include "harness/selftest/null_check.h"

#include <fmt/format.h>

#include "harness/report/table.h"

namespace bakeoff {

AgentPlan null_plan(const std::string& workload) {
  AgentPlan plan;
  plan.workload = workload;
  plan.host_field = "127.0.0.1";
  if (workload == "http") plan.request = "/";
  if (workload == "counter") plan.request = "ping";
  plan.connections = 64;
  plan.window_s = 0.6;
  return plan;
}

Judgement judge_null(const std::string& workload, const Observation& seen) {
  const ClientRow& row = seen.client.row;
  const GeneratorFacts generator = row.generators.empty() ? GeneratorFacts{} : row.generators.front();
  const double us = row.replies_ok != 0 ? generator.cpu_us / static_cast<double>(row.replies_ok) : 0;
  const double busy = generator.cpu_share.value_or(0);
  Finding finding{.name = "null " + workload,
                  .expected = "all right, receipts equal",
                  .measured = fmt::format("{} requests/s, {} us each, {:.0f} % busy", format_number(row.throughput_rps),
                                          format_number(us), busy * 100),
                  .why = trouble(seen),
                  .figures = {{"throughput_rps", row.throughput_rps},
                              {"generator_cpu_us_per_request", us},
                              {"generator_cpu_share", busy},
                              {"replies_ok", static_cast<double>(row.replies_ok)}}};
  if (row.wrong_answers != 0) finding.why = fmt::format("{} wrong: {}", row.wrong_answers, seen.client.complaint);
  if (row.replies_ok == 0) finding.why = "no reply";
  if (!finding.why.empty()) finding.verdict = Verdict::failed;
  return {noise(seen), {finding}};
}

}  // namespace bakeoff
