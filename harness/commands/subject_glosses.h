// What the subjects of a recorded result are, in a few words each, as this build knows them.
#pragma once

#include <string>
#include <vector>

#include "harness/report/html/pairs_html.h"
#include "harness/subjects/subject.h"

namespace bakeoff::commands {

/// In the order of the names. A subject that this build does not have has no words; one with settings has also theirs.
std::vector<report::html::SubjectGloss> glosses_of(const std::vector<std::string>& names,
                                                   const subjects::Inventory& inventory);

}  // namespace bakeoff::commands
