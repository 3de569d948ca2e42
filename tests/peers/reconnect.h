// Servers that end their connections: does the generator connect again as fast as wrk does?
#pragma once

#include "tests/peers/drive.h"

namespace bakeoff {

/// Requests a second of ours and of wrk's against floor_closing.cpp, in interleaved pairs.
void print_reconnect(const Settings& settings);

}  // namespace bakeoff
