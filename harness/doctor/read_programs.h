// Which of the programs are installed, and where. Those of which there may be several, and of which not every version
// will do, are asked for theirs.
#pragma once

#include <filesystem>
#include <vector>

#include "harness/doctor/facts.h"

namespace bakeoff::doctor {

std::vector<ProgramFacts> find_programs(const std::vector<UsefulProgram>& needs,
                                        const std::vector<std::filesystem::path>& folders);

}  // namespace bakeoff::doctor
