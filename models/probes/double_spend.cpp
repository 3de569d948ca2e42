// Double spend: a balance of 100, and two threads that each withdraw 100 if it is there. Each step is atomic, but
// nothing keeps the result of the check true until the withdrawal. Three ways, each for a number of rounds:
//
//   in the gap      a barrier keeps both between check and withdrawal, so that the race always happens;
//   as it is        both begin at once and nothing else helps the race: it is rarely seen, which proves nothing;
//   with a lock     both begin at once, and check and withdraw under a mutex.
#include <algorithm>
#include <atomic>
#include <barrier>
#include <mutex>
#include <string>
#include <thread>

#include "models/probes/probes.h"

namespace bakeoff::models::probes {
namespace {

enum class Way : std::uint8_t { in_the_gap, as_it_is, with_lock };

struct SpendResult {
  std::uint64_t overdrawn = 0;  ///< Rounds that ended below 0.
  std::int64_t lowest = 0;
};

SpendResult spend(Way way, std::uint64_t rounds) {
  constexpr std::int64_t kMoney = 100;
  std::atomic<std::int64_t> balance = kMoney;
  std::mutex lock;
  SpendResult came;
  std::barrier begin(2), gap(2);
  std::barrier end(2, [&]() noexcept {
    const std::int64_t left = balance.exchange(kMoney);
    if (left < 0) ++came.overdrawn;
    came.lowest = std::min(came.lowest, left);
  });
  const auto withdraw = [&] {
    if (balance.load() < kMoney) return;
    if (way == Way::in_the_gap) gap.arrive_and_wait();
    balance.fetch_sub(kMoney);
  };
  const auto customer = [&] {
    for (std::uint64_t i = 0; i < rounds; ++i) {
      begin.arrive_and_wait();
      if (way == Way::with_lock) {
        const std::lock_guard held(lock);
        withdraw();
      } else {
        withdraw();
      }
      end.arrive_and_wait();
    }
  };
  {
    // Made before this one begins: where the system refuses it, there is no wait for it.
    const std::jthread other(customer);
    customer();
  }
  return came;
}

std::string told(const std::string& how, const SpendResult& came, std::uint64_t rounds) {
  return how + ": overdrawn in " + std::to_string(came.overdrawn) + " of " + std::to_string(rounds) +
         " rounds, the lowest balance was " + std::to_string(came.lowest);
}

}  // namespace

ProbeResult probe_double_spend(const workloads::Settings& settings) {
  const std::uint64_t rounds = settings.number("rounds");
  const SpendResult gap = spend(Way::in_the_gap, rounds);
  const SpendResult as_it_is = spend(Way::as_it_is, rounds);
  const SpendResult locked = spend(Way::with_lock, rounds);
  ProbeResult result{.figures = {{"overdrawn_in_the_gap", static_cast<double>(gap.overdrawn)},
                                 {"overdrawn_as_it_is", static_cast<double>(as_it_is.overdrawn)},
                                 {"overdrawn_with_lock", static_cast<double>(locked.overdrawn)},
                                 {"lowest_balance", static_cast<double>(gap.lowest)}},
                     .evidence = {told("both held between check and withdrawal", gap, rounds),
                                  told("without lock, nothing held", as_it_is, rounds),
                                  told("check and withdrawal under a lock", locked, rounds)},
                     .units_created = 3,
                     .peak_live_units = 2};
  if (gap.overdrawn != rounds || locked.overdrawn != 0) {
    result.complaint = "expected every round overdrawn where both are held in the gap, and none with a lock";
  }
  return result;
}

}  // namespace bakeoff::models::probes
