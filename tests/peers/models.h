// Every model beside a server that does only what its kind of waiting takes, and what an idle connection costs.
#pragma once

#include "harness/subjects/subject.h"
#include "tests/peers/drive.h"

namespace bakeoff::peers {

/// CPU per request of each model in blocks with its floor: floor_epoll.cpp for loops, floor_threads.cpp and
/// floor_processes.cpp for those whose unit blocks. Prints a line per model as soon as all blocks have run.
void print_model_costs(const PeersOptions& settings, subjects::Inventory& inventory);

/// PSS and kernel memory a connection that has been served and says nothing, of each model, redis and nginx.
void print_idle_memory(const PeersOptions& settings, subjects::Inventory& inventory);

}  // namespace bakeoff::peers
