// Asks programs of others for their version.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "harness/subjects/subject.h"

namespace bakeoff::subjects {

/// The first line that a command prints, on either stream. The command is run like a foreign server
/// (foreign_program.h). "" when it prints nothing or cannot be started. Waits at most `patience` for its end and ends
/// what it leaves.
std::string first_line_of(const std::vector<std::string>& command, std::chrono::milliseconds patience);

/// The same of the command that a subject's manifest names; "" when it names none, or something is missing.
std::string ask_version(const Subject& subject, std::chrono::milliseconds patience = std::chrono::seconds{5});

}  // namespace bakeoff::subjects
