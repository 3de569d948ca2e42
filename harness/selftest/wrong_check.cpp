#include "harness/selftest/wrong_check.h"

#include <fmt/format.h>

namespace bakeoff::selftest {

load::AgentPlan wrong_plan(const std::string& workload) {
  load::AgentPlan plan;
  plan.workload = workload;
  plan.host_field = "127.0.0.1";
  if (workload == "http") plan.load.request = "/id/{k}";
  plan.load.connections = 4;
  plan.load.pipeline = 4;
  plan.verify = true;
  plan.window_s = 1;
  return plan;
}

Judgement judge_wrong(const std::string& workload, const Observation& seen) {
  const std::uint64_t answered = seen.server.requests.value_or(0);
  const std::uint64_t expected = answered / kWrongFaults.wrong_every;
  const std::uint64_t found = seen.client.row.wrong_answers;
  CheckFinding finding{.name = "wrong " + workload,
                       .expected = fmt::format("{} of {} answers", expected, answered),
                       .measured = fmt::format("{} found wrong", found),
                       .why = unexpected_failure(seen),
                       .figures = {{"answered", static_cast<double>(answered)},
                                   {"expected", static_cast<double>(expected)},
                                   {"measured", static_cast<double>(found)}}};
  if (finding.why.empty() && found != expected) finding.why = fmt::format("expected {}, found {}", expected, found);
  if (finding.why.empty() && expected == 0) finding.why = "too few answers for one to be wrong";
  if (!finding.why.empty()) finding.verdict = CheckVerdict::failed;
  return {only_timeouts(seen) ? noise_reason(seen) : "", {finding}};
}

}  // namespace bakeoff::selftest
