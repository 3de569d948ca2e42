// The load generator itself: what a request costs it, beside a floor and beside other people's generators.
#pragma once

#include "tests/peers/drive.h"

namespace bakeoff::peers {

/// `bakeoff load`, floor_client.cpp and wrk on nginx; `bakeoff load`, floor_client.cpp and redis-benchmark on redis. In
/// blocks of all three, in random order. What is compared is the CPU time per request of the client first, and the
/// throughput second. Prints a line per generator. Throws std::runtime_error where one fails or is answered wrongly.
void print_generator_costs(const PeersOptions& settings);

}  // namespace bakeoff::peers
