// The other build of `run --against`: it is found, asked what it has, and put beside this one.
#pragma once

#include <filesystem>
#include <string>

#include "harness/experiment/spec.h"
#include "harness/subjects/subject.h"

namespace bakeoff::commands {

/// The bakeoff-subject of a build that the user named: the file itself, or one in that folder, its bin/ (an install, a
/// build folder) or its build/release/bin/ (a checkout). Throws UsageError saying where it was looked for.
std::filesystem::path find_other_program(const std::filesystem::path& build);

/// What a build that lacks some of today's settings calls the subject `name`: a model that did the same before it had a
/// setting for it is that model (journal/earlier_settings.h). Throws UsageError, naming `program`, where it did
/// something else. Pure.
std::string name_in_other_build(const subjects::Inventory& other, const std::filesystem::path& program,
                                std::string name);

struct OtherBuild {
  std::filesystem::path program;
  std::string description;  ///< Its version, compiler and build type.
};

/// Asks `program` for its models and adds those that the spec names to the inventory, under their names and
/// kOtherBuildSuffix, as name_in_other_build() finds them. Throws UsageError when it lacks one of them, or a workload
/// or job of the tables.
OtherBuild add_other_build(subjects::Inventory& inventory, const std::filesystem::path& program,
                           const experiment::Spec& spec);

}  // namespace bakeoff::commands
