// Check: a server that does nothing. The generator must find every reply right, and both sides must have counted the
// same. The rate that it reaches here is its own ceiling: it can show no subject to be faster. The ceiling is printed,
// but no verdict depends on it, because it differs from machine to machine.
#pragma once

#include <string>

#include "harness/selftest/judgement.h"
#include "harness/selftest/observation.h"
#include "workloads/faulty.h"

namespace bakeoff::selftest {

inline constexpr workloads::Faults kNullFaults{.null = true};

/// Sends the one request that the null server of `workload` knows.
load::AgentPlan null_plan(const std::string& workload);

Judgement judge_null(const std::string& workload, const Observation& seen);

}  // namespace bakeoff::selftest
