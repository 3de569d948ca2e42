// Where programs are.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/doctor/facts.h"

namespace bakeoff::doctor {

/// The folders of `path` (the form of $PATH), and behind them those of administrators, which a user's PATH often lacks
/// and where servers are installed. Relative ones are left out.
std::vector<std::filesystem::path> program_folders(std::string_view path);

/// The first of `folders` that has an executable file of that name gives its path; "" when none has.
std::filesystem::path find_program(const std::string& name, const std::vector<std::filesystem::path>& folders);

std::vector<ProgramFacts> find_programs(const std::vector<UsefulProgram>& needs, const std::vector<std::filesystem::path>& folders);

}  // namespace bakeoff::doctor
