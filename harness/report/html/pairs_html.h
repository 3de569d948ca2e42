// Two subjects of a table that a reader chooses, against each other.
#pragma once

#include <string>

#include "harness/report/pairs.h"

namespace bakeoff::report::html {

/// The two fields and the numbers from which the script makes a sentence; without the script nothing is shown.
std::string pairs_html(const PairsOfTable& pairs);

}  // namespace bakeoff::report::html
