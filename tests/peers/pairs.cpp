#include "tests/peers/pairs.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>

namespace bakeoff::peers {

void print_pairs_head() {
  fmt::print("{:<46} {:>7} {:>7} {:<16} {:>6} {:<14} {:>5}  {:<8} {:>8} {:>8}\n", "CPU us a request, medians", "ours",
             "theirs", "", "ratio", "95 %", "aim", "", "req/s", "theirs");
}

void compare_pairs(const PeersOptions& settings, const std::string& name, const std::string& theirs_name, double target,
                   const PeerLoad& load, const Start& ours, const Start& theirs) {
  if (!settings.compares(name)) return;
  stats::Series a, b, a_rps, b_rps;
  const std::array<Start, 2> both{ours, theirs};
  for (std::size_t block = 0; block < settings.pairs; ++block) {
    const std::vector<SlicedCost> costs = drive_in_slices(both, load, settings.window_s, block);
    a.push_back(costs[0].server_us);
    b.push_back(costs[1].server_us);
    a_rps.push_back(costs[0].rps);
    b_rps.push_back(costs[1].rps);
  }
  const auto ratio = bakeoff::stats::compare(a, b);
  fmt::print("{:<46} {:>7.3f} {:>7.3f} {:<16} {:>6.2f} {:<14} {:>5.2f}  {:<8} {:>8.0f} {:>8.0f}\n", name, median_of(a),
             median_of(b), theirs_name, ratio->median, interval_text(ratio->interval), target,
             ratio->median <= target ? "met" : "missed", median_of(a_rps), median_of(b_rps));
  std::fflush(stdout);
}

}  // namespace bakeoff::peers
