// Which profile `bakeoff decide` is about: a file, a shipped one, options, or answers to questions.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/commands/commands.h"
#include "harness/decide/profile.h"
#include "harness/subjects/subject.h"

namespace bakeoff::commands {

/// Each shipped profile, sorted by name; the summary is its question.
std::vector<subjects::NamedSummary> shipped_profiles();

/// The profile that the options name, in which options take the place of the file's keys. Without file and options it
/// is asked for, on a terminal; nullopt where the user ends the questions. Throws UsageError.
std::optional<decide::Profile> chosen_profile(const DecideOptions& options);

/// The candidates of a profile as names of subjects: groups as their members, other spellings as what they mean. Throws
/// UsageError.
std::vector<std::string> candidate_names(const decide::Profile& profile, const subjects::Inventory& inventory);

}  // namespace bakeoff::commands
