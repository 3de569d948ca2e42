// bakeoff claims run: measures what decides claims, the most verdicts per minute first.
#pragma once

#include <string>
#include <vector>

#include "harness/claims/claim.h"
#include "harness/commands/commands.h"

namespace bakeoff::commands {

/// Runs the steps (claims/schedule.h) that the chosen claims need and that are not there yet, each as an ordinary run
/// in a folder of its own below options.out; a claim that is still open then gets more blocks, while the budget lasts.
/// Prints the verdict of each claim as soon as its last step has run. Blocks; returns the exit status. Throws
/// InputError or UsageError before anything is measured, for a cell that names what no experiment has.
int run_claims(const ClaimsOptions& options, const std::vector<claims::Claim>& all,
               const std::vector<std::string>& chosen);

}  // namespace bakeoff::commands
