// Claims as TOML: a file for each theme, with its title and a table for each claim. Pure but for reading the files.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "harness/claims/claim.h"

namespace bakeoff::claims {

/// "5..50", "< 3", "<= 3", "> 3", ">= 3", "= 0", and "some" before any of them. Throws input::InputError, to which
/// `place` is put first.
Wanted parse_wanted(std::string_view text, std::string_view place);

/// Throws input::InputError in one line: unknown keys, what is missing, a claim that nothing decides and that does not
/// say why, a remembered source with a figure.
std::vector<Claim> parse_claims(std::string_view toml, std::string_view file);

/// All files of these folders and of those below them, in the order of their names, but for experiments and manifests
/// of programs. Throws InputError also for two claims of one id, and for references to claims that are not there.
std::vector<Claim> read_claims(const std::vector<std::filesystem::path>& folders);

}  // namespace bakeoff::claims
