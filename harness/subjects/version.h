// What a server that is not ours says its version is.
#pragma once

#include <chrono>
#include <string>

#include "harness/subjects/subject.h"

namespace bakeoff::subjects {

/// Asks by the command of its manifest, which is run like the server itself (foreign_program.h). The first line of what it
/// prints, on whichever stream; "" when there is no such command, it says nothing or cannot be started. Waits at most
/// `patience` for its end and ends what it leaves.
std::string ask_version(const Subject& subject, std::chrono::milliseconds patience = std::chrono::seconds{5});

}  // namespace bakeoff::subjects
