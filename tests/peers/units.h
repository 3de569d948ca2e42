// What units cost beside their floors: shared-count beside a loop of the bare instruction, skynet on fibers beside
// goroutines, and the probes of fibers and coroutines beside the times that are asked of them.
#pragma once

#include "tests/peers/drive.h"

namespace bakeoff::peers {

/// Interleaved pairs of fresh processes; prints a line a comparison. Skynet beside Go is not run where Go is not
/// installed. Throws std::runtime_error where a program fails or answers wrongly.
void print_unit_costs(const PeersOptions& settings);

}  // namespace bakeoff::peers
