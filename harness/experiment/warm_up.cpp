#include "harness/experiment/warm_up.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "harness/experiment/slices.h"
#include "harness/measure/reference_work.h"
#include "harness/stats/steady.h"
#include "harness/subjects/interruption.h"

namespace bakeoff::experiment {
namespace {

constexpr double kWantedReplies = 50;  ///< Fewer of them would make the cost of one a matter of chance.
constexpr double kLongestSliceS = 1;

/// A slice in which the reference had no turn goes by the one before it.
double cost_between(const measure::ReferenceWork::Use& before, const measure::ReferenceWork::Use& after,
                    const std::vector<double>& earlier) {
  if (after.rounds > before.rounds) return (after.cpu_us - before.cpu_us) / (after.rounds - before.rounds);
  return earlier.empty() ? 1 : earlier.back();
}

/// Of what the requests cost, or of what they cost beside the reference work: where the machine changes the second is
/// steady, and on a quiet one the first has less noise.
std::optional<stats::Steady> find_steady(const journal::WarmUpRow& row) {
  if (auto steady = stats::find_steady(row.cpu_us_per_request)) return steady;
  std::vector<double> beside;
  for (std::size_t i = 0; i < row.cpu_us_per_request.size(); ++i) {
    beside.push_back(row.cpu_us_per_request[i] / row.reference_us[i]);
  }
  return stats::find_steady(beside);
}

}  // namespace

double steady_limit_s(const TableSpec& table, const subjects::Subject& subject) {
  return subject.foreign && !table.fixed_warm_up ? subject.foreign->warmup_limit_s : 0;
}

journal::WarmUpRow warm_up_until_steady(load::Coordinator& load, const CpuOf& cpu_of, double limit_s,
                                        const std::vector<int>& cpus) {
  journal::WarmUpRow row{.slice_s = kSliceS};
  const measure::ReferenceWork reference(cpus);
  bool unfinished = false;
  for (double loaded_s = 0; loaded_s < limit_s; loaded_s += row.slice_s) {
    if (subjects::interrupted) throw subjects::Interrupted();
    load::LoadWindow window;
    const measure::ReferenceWork::Use before = reference.use();
    const std::optional<double> cpu_us = cpu_of([&] { window = load.slice(row.slice_s); });
    const measure::ReferenceWork::Use after = reference.use();
    if (row.cpu_us_per_request.empty() && window.latency.contains("total")) {
      row.first_us = window.latency.at("total").summary_us();
    }
    unfinished = window.unfinished != 0;
    if (unfinished || window.replies == 0 || !cpu_us) break;
    row.cpu_us_per_request.push_back(*cpu_us / static_cast<double>(window.replies));
    row.reference_us.push_back(cost_between(before, after, row.reference_us));
    if (const auto steady = find_steady(row)) {
      row.steady_from = steady->from;
      row.over_earlier = steady->over_earlier;
      break;
    }
    if (row.cpu_us_per_request.size() != 1 || static_cast<double>(window.replies) >= kWantedReplies) continue;
    row.cpu_us_per_request.clear();  // Of another length than those that follow.
    row.reference_us.clear();
    row.slice_s = std::min(kSliceS * kWantedReplies / static_cast<double>(window.replies), kLongestSliceS);
  }
  if (unfinished) load.warm_up(row.slice_s);  // Cuts off what has not been answered.
  load.begin_anew();
  return row;
}

}  // namespace bakeoff::experiment
