#include "harness/doctor/read_pace.h"

#include <algorithm>
#include <chrono>
#include <ctime>

#include "workloads/work.h"

namespace bakeoff::doctor {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kRounds = 200'000;  ///< Of a piece.
constexpr double kNsPerUs = 1000;

std::uint64_t thread_cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

PaceFacts pace_of(std::span<const std::uint64_t> pieces_ns) {
  if (pieces_ns.empty()) return {};
  std::vector<std::uint64_t> sorted(pieces_ns.begin(), pieces_ns.end());
  std::ranges::sort(sorted);
  const auto median = static_cast<double>(sorted[sorted.size() / 2]);
  constexpr double kUsual = 1.5;
  double sum = 0, lost = 0;
  for (const std::uint64_t piece : sorted) {
    const auto ns = static_cast<double>(piece);
    sum += ns;
    lost += std::max(0.0, ns - kUsual * median);
  }
  return {.median_us = median / kNsPerUs,
          .longest_us = static_cast<double>(sorted.back()) / kNsPerUs,
          .lost_share = sum > 0 ? std::optional(lost / sum) : std::nullopt};
}

std::vector<std::uint64_t> work_in_pieces() {
  std::vector<std::uint64_t> pieces;
  const auto until = std::chrono::steady_clock::now() + 1s;
  std::uint64_t seed = 1;
  while (std::chrono::steady_clock::now() < until) {
    const std::uint64_t begin = thread_cpu_ns();
    seed = workloads::run({.rounds = kRounds, .seed = seed});
    pieces.push_back(thread_cpu_ns() - begin);
  }
  return pieces;
}

}  // namespace bakeoff::doctor
