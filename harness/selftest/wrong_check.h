// Check: a server that answers every thousandth request wrongly. The generator must have counted floor(n / 1000) wrong
// answers, where n is what the server says that it answered. Counting does not depend on time, so that no window is
// too noisy for it, unless requests had to be given up.
#pragma once

#include <string>

#include "harness/selftest/judgement.h"
#include "harness/selftest/observation.h"
#include "workloads/faulty.h"

namespace bakeoff::selftest {

inline constexpr workloads::Faults kWrongFaults{.wrong_every = 1000};

load::AgentPlan wrong_plan(const std::string& workload);

Judgement judge_wrong(const std::string& workload, const Observation& seen);

}  // namespace bakeoff::selftest
