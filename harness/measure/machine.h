// Reading the facts about this machine that a reader needs to judge a figure. A fact that cannot be read is absent and
// named in could_not_read; nothing is guessed.
#pragma once

#include <filesystem>

#include "harness/measure/machine_facts.h"

namespace bakeoff::measure {

/// Reads a few dozen small files, about 1 ms. Never throws for a file that is missing.
MachineFacts read_machine_facts();

/// The same from the files below `root`, for tests. What only a system call tells (host name, kernel release, rlimits,
/// allowed CPUs) is still this machine's.
MachineFacts read_machine_facts_below(const std::filesystem::path& root);

}  // namespace bakeoff::measure
