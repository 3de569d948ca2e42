#include "harness/load/partition.h"

#include <algorithm>

namespace bakeoff {
namespace {

constexpr std::uint64_t kConnectionsASource = 20'000;  ///< Of about 28,000 ports; others use some too.
constexpr std::uint64_t kChurnSources = 32;

std::uint64_t capacity(std::uint64_t descriptors) {
  return descriptors > kOwnDescriptors ? descriptors - kOwnDescriptors : 0;
}

/// Part `i` of `n` of a whole that is shared out evenly.
std::uint64_t share(std::uint64_t whole, std::uint64_t i, std::uint64_t n) {
  return whole * (i + 1) / n - whole * i / n;
}

/// 127.1.0.1 and on: addresses that hardly anybody uses, all of this machine.
std::vector<std::string> loopback_sources(std::uint64_t first, std::uint64_t count) {
  std::vector<std::string> sources;
  for (std::uint64_t i = first; i < first + count; ++i) {
    sources.push_back("127.1." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1));
  }
  return sources;
}

}  // namespace

std::uint64_t most_connections(std::uint64_t descriptors) {
  return kMostAgents * capacity(descriptors);
}

std::vector<AgentPlan> partition(const AgentPlan& plan, const std::vector<int>& cpus, std::uint64_t descriptors,
                                 bool loopback) {
  const std::uint64_t total = plan.connections + plan.idle + plan.slow_senders + plan.slow_readers;
  const std::uint64_t room = std::max<std::uint64_t>(capacity(descriptors), 1);
  const std::uint64_t agents = std::clamp<std::uint64_t>((total + room - 1) / room, 1, kMostAgents);
  const std::uint64_t lanes_each = std::max<std::uint64_t>(cpus.size() / agents, 1);
  const std::uint64_t sources_each = plan.churn ? kChurnSources : (total / agents) / kConnectionsASource + 1;
  std::vector<AgentPlan> parts;
  std::uint64_t first_connection = 0;
  std::uint64_t lanes = 0;
  for (std::uint64_t i = 0; i < agents; ++i) {
    AgentPlan part = plan;
    part.connections = share(plan.connections, i, agents);
    part.idle = share(plan.idle, i, agents);
    part.slow_senders = share(plan.slow_senders, i, agents);
    part.slow_readers = share(plan.slow_readers, i, agents);
    part.verify = plan.verify && i == 0;
    part.first_connection = first_connection;
    first_connection += part.connections;
    // A lane without a connection has nothing to do, and no share of the schedule.
    const std::uint64_t own = std::min(lanes_each, part.connections);
    part.cpus.clear();
    for (std::uint64_t lane = 0; lane < std::max<std::uint64_t>(own, 1) && !cpus.empty(); ++lane) {
      part.cpus.push_back(cpus[(i * lanes_each + lane) % cpus.size()]);
    }
    part.first_lane = lanes;
    lanes += own;
    if (loopback && plan.sources.empty() && (agents > 1 || sources_each > 1)) {
      part.sources = loopback_sources(i * sources_each, sources_each);
    }
    parts.push_back(std::move(part));
  }
  for (AgentPlan& part : parts) {
    part.lanes = std::max<std::uint64_t>(lanes, 1);
    part.backlog_cap = std::max<std::uint64_t>(plan.backlog_cap / part.lanes, 1);
  }
  return parts;
}

}  // namespace bakeoff
