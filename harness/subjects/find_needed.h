// Looks for the programs that a foreign subject needs. One counts as found only if the user who will run it can execute
// it: a toolchain in root's home cannot be run by nobody. The next candidate is taken then, and what was passed over is
// said with the reason.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/subjects/needed_program.h"

namespace bakeoff::subjects {

/// Every executable file that it may be, absolute, each once: in its own folders first, then on the search path
/// (find_program.h); within a folder by the order of its file names. A pattern's folders come newest name first. Starts
/// nothing.
std::vector<std::filesystem::path> candidates_for(const NeededProgram& need);

/// Takes the first candidate that may be executed, of any version. Starts nothing.
void find_needed(NeededProgram& need);

/// The same, and new enough: where the need has a least version, each candidate is started to say its own. Blocks at
/// most 5 s for each of those.
void find_needed_version(NeededProgram& need);

/// "java (JDK 21 or later: apt install openjdk-21-jdk-headless; /usr/bin/java is 17.0.15)", for the sentence "needs
/// ...".
std::string missing_in_words(const std::vector<NeededProgram>& needs);

/// The first number in the text, with what is behind its dots: "17.0.15" of `openjdk version "17.0.15" 2025-04-15`.
std::string version_in(std::string_view text);

/// Whether version `found` is `least` or later, number by number.
bool is_at_least(std::string_view found, std::string_view least);

}  // namespace bakeoff::subjects
