#include "harness/report/waiting_figures.h"

#include "harness/journal/fixed_wait.h"
#include "harness/validity/validity.h"

namespace bakeoff::report {
namespace {

std::optional<double> percent_of_ceiling(const journal::Trial& trial) {
  const auto ceiling = journal::waiting_ceiling_rps(trial.params.load);
  if (!ceiling || trial.params.load.is_open() || !trial.client) return std::nullopt;
  return trial.client->throughput_rps / *ceiling * 100;
}

std::optional<double> overshoot_us(const journal::Trial& trial) {
  const auto wait_us = journal::fixed_wait_us(trial.params.load);
  if (!wait_us || !trial.client) return std::nullopt;
  const auto total = trial.client->latency_us.find("total");
  if (total == trial.client->latency_us.end() || total->second.count == 0) return std::nullopt;
  return total->second.p50 - *wait_us;
}

}  // namespace

std::vector<Figure> waiting_figures() {
  return {
      {.key = "percent_of_ceiling",
       .title = "of ceiling %",
       .unit = "%",
       .metric = std::string(validity::metric::kThroughput),
       .more_is_better = true,
       .extract = percent_of_ceiling},
      {.key = "overshoot_us", .title = "overshoot us", .unit = "us", .metric = "latency.p50", .extract = overshoot_us}};
}

}  // namespace bakeoff::report
