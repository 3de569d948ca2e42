// Which of the programs are installed, and where.
#pragma once

#include <filesystem>
#include <vector>

#include "harness/doctor/facts.h"

namespace bakeoff::doctor {

std::vector<ProgramFacts> find_programs(const std::vector<UsefulProgram>& needs,
                                        const std::vector<std::filesystem::path>& folders);

}  // namespace bakeoff::doctor
