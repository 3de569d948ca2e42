// What has to be measured to decide claims, and in which order: the most verdicts per minute first. Pure.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "harness/claims/claim.h"

namespace bakeoff::claims {

/// Tables of one experiment that are measured together, because a cell compares them, with the subjects that any claim
/// asks for in them. It is the same for any choice of claims, so that a later one goes on where an earlier one ended.
struct ClaimStep {
  std::string experiment;
  std::string file;                   ///< Of the claim that names it first: an experiment of its author lies beside it.
  std::vector<std::string> tables;    ///< In the order of their names.
  std::vector<std::string> subjects;  ///< In the order of their names.
  double estimate_s = 0;
  std::vector<std::string>
      decides{};  ///< Ids of the claims that can be decided once this step and those before it ran.
};

/// The steps of all claims that have cells, by experiment and tables, without estimates.
std::vector<ClaimStep> all_steps(std::span<const Claim> claims);

/// The steps that the chosen claims need, of `steps`, whose estimates are known: again and again those of the claim
/// that take the least further time for each claim that they decide. `chosen` are ids; claims that say the same as
/// others need what those need.
std::vector<ClaimStep> scheduled(std::span<const Claim> claims, const std::vector<ClaimStep>& steps,
                                 std::span<const std::string> chosen);

}  // namespace bakeoff::claims
