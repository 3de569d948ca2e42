// A decision for programs. Pure.
#pragma once

#include <string>

#include "harness/decide/decision.h"

namespace bakeoff::decide {

/// One JSON document, with the units in the names of the numbers.
std::string decision_json(const Decision& decision);

}  // namespace bakeoff::decide
