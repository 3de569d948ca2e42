#include "harness/experiment/back_ends.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bakeoff::experiment {

BackEndServer& BackEnds::get(const journal::BackEndFacts& facts, const std::vector<int>& cpus) {
  auto& server = servers_[fmt::format("{} {} {}", facts.name, facts.delay_us.value_or(0), fmt::join(cpus, ","))];
  if (server && !server->why_gone().empty()) server.reset();
  if (!server) server = std::make_unique<BackEndServer>(inventory_, facts, cpus);
  return *server;
}

}  // namespace bakeoff::experiment
