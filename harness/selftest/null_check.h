// Check: a server that does nothing. The generator must find every reply right and both sides must have counted the
// same; and what it reaches there is its own ceiling, which no subject can show more than. The ceiling is printed, and
// no verdict hangs on it: it differs from machine to machine.
#pragma once

#include <string>

#include "harness/selftest/judgement.h"
#include "harness/selftest/observation.h"
#include "workloads/faulty.h"

namespace bakeoff::selftest {

inline constexpr workloads::Faults kNullFaults{.null = true};

/// `workload` is asked for the one request that its null server knows.
load::AgentPlan null_plan(const std::string& workload);

Judgement judge_null(const std::string& workload, const Observation& seen);

}  // namespace bakeoff::selftest
