#include "harness/selftest/checks.h"

#include "harness/selftest/null_check.h"
#include "harness/selftest/stall_check.h"
#include "harness/selftest/wrong_check.h"
#include "workloads/catalogue.h"

namespace bakeoff {

// What the statistics claim (A/A: no difference where there is none; A/B: a known one is found) belongs here too. Such
// a check observes several subjects in one attempt.
std::vector<Check> selftest_checks() {
  std::vector<Check> checks;
  for (const WorkloadEntry& entry : workloads()) {
    const std::string workload(entry.name);
    checks.push_back({"null " + workload, [workload](const Bench& bench) {
                        return judge_null(workload, bench.observe(null_plan(workload), kNullFaults));
                      }});
  }
  const Stall stall;
  checks.push_back({"stall", [stall](const Bench& bench) {
                      return judge_open(stall, bench.observe(open_plan(stall), stall_faults(stall)));
                    }});
  checks.push_back({"stall, closed loop", [stall](const Bench& bench) {
                      return judge_closed(stall, bench.observe(closed_plan(stall), stall_faults(stall)));
                    }});
  for (const WorkloadEntry& entry : workloads()) {
    const std::string workload(entry.name);
    checks.push_back({"wrong " + workload, [workload](const Bench& bench) {
                        return judge_wrong(workload, bench.observe(wrong_plan(workload), kWrongFaults));
                      }});
  }
  return checks;
}

}  // namespace bakeoff
