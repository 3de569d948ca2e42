#include "harness/experiment/warm_up.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "harness/experiment/slices.h"
#include "harness/stats/steady.h"
#include "harness/subjects/interruption.h"

namespace bakeoff::experiment {
namespace {

constexpr double kWantedReplies = 50;  ///< Fewer of them would make the cost of one a matter of chance.
constexpr double kLongestSliceS = 1;

}  // namespace

double steady_limit_s(const TableSpec& table, const subjects::Subject& subject) {
  return subject.foreign && !table.fixed_warm_up ? subject.foreign->warmup_limit_s : 0;
}

journal::WarmUpRow warm_up_until_steady(load::Coordinator& load, const CpuOf& cpu_of, double limit_s) {
  journal::WarmUpRow row{.slice_s = kSliceS};
  std::vector<double>& costs = row.cpu_us_per_request;
  bool unfinished = false;
  for (double loaded_s = 0; loaded_s < limit_s; loaded_s += row.slice_s) {
    if (subjects::interrupted) throw subjects::Interrupted();
    load::LoadWindow window;
    const std::optional<double> cpu_us = cpu_of([&] { window = load.slice(row.slice_s); });
    if (costs.empty() && window.latency.contains("total")) row.first_us = window.latency.at("total").summary_us();
    unfinished = window.unfinished != 0;
    if (unfinished || window.replies == 0 || !cpu_us) break;
    costs.push_back(*cpu_us / static_cast<double>(window.replies));
    if (const auto steady = stats::find_steady(costs)) {
      row.steady_from = steady->from;
      row.over_earlier = steady->over_earlier;
      break;
    }
    if (costs.size() != 1 || static_cast<double>(window.replies) >= kWantedReplies) continue;
    costs.clear();  // Of another length than those that follow.
    row.slice_s = std::min(kSliceS * kWantedReplies / static_cast<double>(window.replies), kLongestSliceS);
  }
  if (unfinished) load.warm_up(row.slice_s);  // Cuts off what has not been answered.
  load.begin_anew();
  return row;
}

}  // namespace bakeoff::experiment
