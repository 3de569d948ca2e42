// The runtimes' programs beside short ones: is what stands for a language as fast as what its users would write?
#pragma once

#include "harness/subjects/subject.h"
#include "tests/peers/drive.h"

namespace bakeoff::peers {

/// CPU per request of the raw echo servers of reference/runtimes, each in turn with the short program of its language
/// in tests/peers/echo. Builds both where they are not built, and prints a line for each: what is missing where one of
/// the two cannot be had.
void print_runtime_costs(const PeersOptions& settings, subjects::Inventory inventory);

}  // namespace bakeoff::peers
