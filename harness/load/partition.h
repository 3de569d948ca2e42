// Who does which part of a load: how many agents, and what each is told. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/load/plan.h"

namespace bakeoff::load {

/// Descriptors that an agent needs beside its connections.
inline constexpr std::uint64_t kOwnDescriptors = 64;
inline constexpr std::uint64_t kMostAgents = 64;

/// The part of `whole` things that those from `begin` to `end`, of `all`, have to do: all of them together do the
/// whole.
inline std::uint64_t share(std::uint64_t whole, std::uint64_t begin, std::uint64_t end, std::uint64_t all) {
  return all == 0 ? 0 : whole * end / all - whole * begin / all;
}

/// How many connections the agents can hold together when each may have `descriptors` open.
std::uint64_t most_connections(std::uint64_t descriptors);

/// The plans of the agents of one load: as few as can hold its connections. The crowd beside the load comes first, so
/// that it is there before the load is, and the load's own connections are in as few agents as can hold them: ten busy
/// connections beside a hundred thousand are one agent's. Every thread is on one of `cpus`; one agent with connections
/// of the load has a thread on each, more of them share the CPUs out among themselves. With `loopback` (the peer is
/// within 127.0.0.0/8) the agents connect from addresses of their own wherever one address's ports would run out: about
/// 28,000 for each pair of addresses, and a closed one rests for a minute. plan.sources is left as it is when it is not
/// empty.
std::vector<AgentPlan> partition(const AgentPlan& plan, const std::vector<int>& cpus, std::uint64_t descriptors,
                                 bool loopback);

}  // namespace bakeoff::load
