// The phases of a decision, measured one after the other.
#pragma once

#include <string>
#include <vector>

#include "harness/commands/decide_folder.h"
#include "harness/decide/decision.h"
#include "harness/subjects/subject.h"

namespace bakeoff::commands {

struct DecideSteps {
  std::vector<std::string> skip;  ///< Of kDecidePhases.
  bool shows_first = false;       ///< Prints a first table after kFirstBlocks.
  std::vector<std::string> arguments;
};

struct MeasuredDecision {
  int status = 0;                     ///< kDone or kInterrupted.
  bool ran = false;                   ///< Something was measured now.
  std::vector<journal::Trial> asked;  ///< Rows of the first phase.
};

/// Measures what is not left out and fills the decision with what the rows say; a phase that has been measured before
/// is never left out. Blocks until all phases have ended, or the user stops them. A phase that has nothing to try, or
/// that fails after the first, is left out, and the decision says why.
MeasuredDecision measure_decision(decide::Decision& decision, const DecideFolder& folder, const DecideSteps& steps);

/// What the inventory says of these subjects.
std::vector<decide::CandidateFacts> candidate_facts(const std::vector<std::string>& names,
                                                    const subjects::Inventory& inventory);

}  // namespace bakeoff::commands
