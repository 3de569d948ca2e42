#include "models/probes/ping_pong.h"

#include <chrono>
#include <string>

namespace bakeoff::models::probes {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSwitchesFigure = 1;  // The figure's place among those of sample_hand_overs().

}  // namespace

void WorkingSet::walk() {
  for (std::size_t i = 0; i < count_; ++i) lines_[i].word = lines_[i].word + 1;
}

double walks_alone_ns(WorkingSet& memory) {
  const auto walks = [&memory](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      memory.walk();
      std::atomic_signal_fence(std::memory_order_seq_cst);  // The loop stays, also around nothing.
      memory.walk();
      std::atomic_signal_fence(std::memory_order_seq_cst);
    }
  };
  return sample_batches(walks, steps_per_batch(walks), 100ms).median_ns;
}

ProbeResult sample_hand_overs(const Steps& round_trips, const std::function<Usage()>& usage, double walks_ns) {
  const std::uint64_t batch = steps_per_batch(round_trips);
  const Usage before = usage();
  const Sampled sampled = sample_batches(round_trips, batch, 500ms);
  const Usage used = usage() - before;
  const double hand_overs = 2 * static_cast<double>(sampled.steps);
  return {.figures = {{"switch_ns", (sampled.median_ns - walks_ns) / 2},
                      {"switches_per_handover", used.switches / hand_overs},
                      {"cpu_ns", used.cpu_ns / hand_overs - walks_ns / 2},
                      {"walk_ns", walks_ns / 2}}};
}

void check_switches(ProbeResult& result) {
  constexpr double kFewest = 0.5;
  const double switches = result.figures.at(kSwitchesFigure).value;
  if (switches < kFewest) {
    result.complaint = "the kernel counted " + std::to_string(switches) +
                       " switches a hand-over, expected about 1: it was no switch that was measured";
  }
}

}  // namespace bakeoff::models::probes
