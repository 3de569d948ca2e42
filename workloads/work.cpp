// The counted work behind `GET /work/<n>`.
#include "workloads/work.h"

#include "workloads/mix.h"

namespace bakeoff {

std::uint64_t run(const Work& work) {
  // The multiplication of `answer` by an odd number makes a chain that has to be walked: no closed form that a compiler
  // knows, and no two rounds at once.
  std::uint64_t state = work.seed;
  std::uint64_t answer = work.seed;
  for (std::uint64_t round = 0; round < work.rounds; ++round) {
    state += kGolden;
    answer = (answer ^ mix(state)) * kGolden;
  }
  return answer;
}

}  // namespace bakeoff
