// Whether a decision still holds on new measurements of its profile. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/decide/verdict.h"

namespace bakeoff::decide {

struct Confirmation {
  Answer holds = Answer::unknown;
  std::vector<std::string> words;  ///< One for each candidate of the decision.
};

/// The decision is for one of the `chosen`. It holds where each of them keeps every limit, and at least one of them is
/// in the choice of the new verdict.
Confirmation confirm(const Verdict& verdict, const std::vector<std::string>& chosen);

}  // namespace bakeoff::decide
