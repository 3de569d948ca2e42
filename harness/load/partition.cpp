#include "harness/load/partition.h"

#include <algorithm>

namespace bakeoff::load {
namespace {

/// An address has about 28,000 ports. The kernel looks through the even ones before the odd ones: beyond 14,000 it
/// would try all of those for each further connection, and a crowd of 100,000 takes 15 s instead of 6.
constexpr std::uint64_t kConnectionsPerSource = 8'000;
constexpr std::uint64_t kChurnSources = 32;

std::uint64_t capacity(std::uint64_t descriptors) {
  return descriptors > kOwnDescriptors ? descriptors - kOwnDescriptors : 0;
}

/// Moves as many of `from` to `to` as there is `room` for.
void move_up_to(std::uint64_t& to, std::uint64_t& from, std::uint64_t& room) {
  to = std::min(from, room);
  from -= to;
  room -= to;
}

std::uint64_t divided_up(std::uint64_t whole, std::uint64_t by) {
  return (whole + by - 1) / by;
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
  const std::uint64_t total = plan.load.all_connections();
  const std::uint64_t room = std::max<std::uint64_t>(capacity(descriptors), 1);
  const std::uint64_t agents = std::clamp<std::uint64_t>(divided_up(total, room), 1, kMostAgents);
  const std::uint64_t each = divided_up(total, agents);
  const std::uint64_t loading = std::clamp<std::uint64_t>(divided_up(plan.load.connections, each), 1, agents);
  const std::uint64_t threads_each = std::max<std::uint64_t>(cpus.size() / loading, 1);
  const std::uint64_t sources_each =
      plan.load.connections_come_and_go() ? kChurnSources : each / kConnectionsPerSource + 1;
  std::vector<AgentPlan> parts;
  journal::LoadShape rest = plan.load;
  std::uint64_t threads = 0;
  for (std::uint64_t i = 0; i < agents; ++i) {
    AgentPlan part = plan;
    std::uint64_t left = each;
    move_up_to(part.load.idle, rest.idle, left);
    move_up_to(part.load.slow_senders, rest.slow_senders, left);
    move_up_to(part.load.slow_readers, rest.slow_readers, left);
    part.first_connection = plan.load.connections - rest.connections;
    move_up_to(part.load.connections, rest.connections, left);
    if (plan.requests) {
      const std::uint64_t begin = part.first_connection;
      part.requests = share(*plan.requests, begin, begin + part.load.connections, plan.load.connections);
    }
    part.verify = plan.verify && i == 0;
    // A thread without a connection has nothing to do, and no share of the schedule.
    const std::uint64_t own = std::min(threads_each, part.load.connections);
    part.cpus.clear();
    for (std::uint64_t thread = 0; thread < std::max<std::uint64_t>(own, 1) && !cpus.empty(); ++thread) {
      part.cpus.push_back(cpus[(threads + thread) % cpus.size()]);
    }
    part.first_thread = threads;
    threads += own;
    if (loopback && plan.sources.empty() && (agents > 1 || sources_each > 1)) {
      part.sources = loopback_sources(i * sources_each, sources_each);
    }
    parts.push_back(std::move(part));
  }
  for (AgentPlan& part : parts) {
    part.threads = std::max<std::uint64_t>(threads, 1);
    part.backlog_cap = std::max<std::uint64_t>(plan.backlog_cap / part.threads, 1);
  }
  return parts;
}

}  // namespace bakeoff::load
