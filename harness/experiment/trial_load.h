// The load of a trial as an agent's plan.
#pragma once

#include <cstdint>

#include "harness/experiment/spec.h"
#include "harness/journal/trial.h"
#include "harness/load/plan.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// What the row's params and the table's times ask of the subject, which listens on `port`, or on a Unix socket and has
/// port 0: the socket is the caller's to set. Pure.
load::AgentPlan load_plan_of(const journal::Trial& row, const TableSpec& table, const subjects::Subject& subject,
                             std::uint16_t port);

}  // namespace bakeoff::experiment
