// The counted work behind `GET /work/<n>`.
#include "workloads/work.h"

#include <algorithm>

#include "workloads/mix.h"

namespace bakeoff::workloads {

std::uint64_t run(const Work& work) {
  return *run_cancellable(work, [] { return false; });
}

std::optional<std::uint64_t> run_cancellable(const Work& work, bool (*is_cancelled)()) {
  constexpr std::uint64_t kPiece = 1024UL * 1024;
  // The multiplication of `answer` by an odd number makes a chain that has to be walked: no closed form that a compiler
  // knows, and no two rounds at once.
  std::uint64_t state = work.seed;
  std::uint64_t answer = work.seed;
  for (std::uint64_t left = work.rounds; left > 0;) {
    if (left >= kPiece && is_cancelled()) return std::nullopt;
    const std::uint64_t piece = std::min(left, kPiece);
    for (std::uint64_t round = 0; round < piece; ++round) {
      state += kGolden;
      answer = (answer ^ mix(state)) * kGolden;
    }
    left -= piece;
  }
  return answer;
}

}  // namespace bakeoff::workloads
