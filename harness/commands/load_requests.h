// What a load asks for: from the options of `bakeoff load` to the requests of its plan, and to the words that a row
// keeps of them.
#pragma once

#include <string>

#include "harness/commands/commands.h"
#include "harness/load/plan.h"

namespace bakeoff::commands {

/// Method, fields, body and URLs, of a plan that has the options' server. Reads the files that they name. Throws
/// UsageError: option, what was found, what is expected.
void plan_requests(const LoadOptions& options, load::AgentPlan& plan);

/// "/x", "POST /x", "3 URLs, 2 fields, a body of 15 bytes": fields and bodies may hold secrets, so that a row has their
/// number alone.
std::string requests_in_words(const load::AgentPlan& plan);

}  // namespace bakeoff::commands
