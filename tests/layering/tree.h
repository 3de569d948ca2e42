// The sources of this repository, for the rules to look at.
#pragma once

#include <string>
#include <vector>

#include "tests/layering/rules.h"

namespace bakeoff::layering {

/// Every header and source of workloads/, models/, harness/ and tests/. Throws when they are not there.
std::vector<SourceFile> source_tree();

/// One per line.
std::string joined(const std::vector<std::string>& lines);

}  // namespace bakeoff::layering
