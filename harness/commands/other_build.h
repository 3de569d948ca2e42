// The other build of `run --against`: found, asked what it has, and put beside this one.
#pragma once

#include <filesystem>

#include "harness/experiment/spec.h"
#include "harness/subjects/subject.h"

namespace bakeoff::commands {

/// The bakeoff-subject of a build that the user named: the file itself, or one in that folder, its bin/ (an install, a
/// build folder) or its build/release/bin/ (a checkout). Throws UsageError saying where was looked.
std::filesystem::path other_program(const std::filesystem::path& build);

/// Asks `program`, and adds its models to the inventory under their names and kOtherBuildSuffix: those that the spec names.
/// Throws UsageError when it lacks one of them, or a workload or job of the tables. Returns how it was built.
subjects::SubjectBuild add_other_build(subjects::Inventory& inventory, const std::filesystem::path& program, const experiment::Spec& spec);

}  // namespace bakeoff::commands
