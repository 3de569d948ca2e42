// Asks a foreign server for its version.
#pragma once

#include <chrono>
#include <string>

#include "harness/subjects/subject.h"

namespace bakeoff::subjects {

/// The first line that the command of its manifest prints, on either stream. The command is run like the server itself
/// (foreign_program.h). "" when there is no such command, it prints nothing or cannot be started. Waits at most
/// `patience` for its end and ends what it leaves.
std::string ask_version(const Subject& subject, std::chrono::milliseconds patience = std::chrono::seconds{5});

}  // namespace bakeoff::subjects
