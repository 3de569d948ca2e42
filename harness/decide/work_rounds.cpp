#include "harness/decide/work_rounds.h"

#include <ctime>

#include <array>
#include <cmath>

#include "harness/stats/summary.h"
#include "workloads/work.h"

namespace bakeoff::decide {
namespace {

constexpr std::uint64_t kProbeRounds = 2'000'000;

double thread_cpu_ms() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

}  // namespace

double measure_rounds_per_ms() {
  std::array<double, 11> rates{};
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const double before = thread_cpu_ms();
    // The answer decides something, so that the work cannot be left out.
    const bool odd = workloads::run({.rounds = kProbeRounds, .seed = i}) % 2 == 1;
    rates[i] = static_cast<double>(kProbeRounds) / (thread_cpu_ms() - before) + (odd ? 0 : 1e-9);
  }
  return std::round(*stats::median(rates));
}

}  // namespace bakeoff::decide
