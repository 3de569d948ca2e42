// Servers that end their connections: does the generator connect again as fast as wrk does?
#pragma once

#include "tests/peers/drive.h"

namespace bakeoff::peers {

/// Requests a second of ours and of wrk's against floor_closing.cpp, in interleaved pairs.
void print_reconnect(const PeersOptions& settings);

}  // namespace bakeoff::peers
