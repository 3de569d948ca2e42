#include "harness/experiment/back_ends.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bakeoff::experiment {

std::shared_ptr<BackEndServer> BackEnds::get(const journal::BackEndFacts& facts, const std::vector<int>& cpus) {
  const std::string key = fmt::format("{} {} {}", facts.name, facts.delay_us.value_or(0), fmt::join(cpus, ","));
  if (const auto failed = failures_.find(key); failed != failures_.end()) throw CompanionError(failed->second);
  std::shared_ptr<BackEndServer>& server = servers_[key];
  // Trials that run at the same time may still have one that has gone: their rows tell of it.
  if (server && !server->why_gone().empty()) server.reset();
  if (server) return server;
  try {
    server = std::make_shared<BackEndServer>(inventory_, facts, cpus);
  } catch (const CompanionError& error) {
    failures_.emplace(key, error);
    throw;
  }
  return server;
}

}  // namespace bakeoff::experiment
