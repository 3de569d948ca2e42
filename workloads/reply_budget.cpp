#include "workloads/reply_budget.h"

#include <span>

namespace bakeoff {

ReplyBudget::ReplyBudget(std::size_t most, const Surroundings& surroundings)
    : most_(most),
      surroundings_(surroundings),
      memory_(kShares * sizeof(Share)),
      shares_(static_cast<Share*>(memory_.data())) {  // Zeroed: nobody holds anything.
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "shares are shared between processes");
}

bool ReplyBudget::take(std::size_t bytes) {
  if (try_to_take(bytes)) return true;
  forget_the_dead();
  return try_to_take(bytes);
}

/// Taken first and counted then: so two who take at once never get more than there is, though both may be refused.
bool ReplyBudget::try_to_take(std::uint64_t bytes) {
  Share* const share = own();
  if (share == nullptr) return false;
  share->bytes.fetch_add(bytes);
  if (held() <= most_) return true;
  share->bytes.fetch_sub(bytes);
  return false;
}

void ReplyBudget::give_back(std::size_t bytes) {
  if (Share* const share = own()) share->bytes.fetch_sub(bytes);
}

/// The process's share; nullptr when there are as many processes as shares. Threads that ask for the first time at once
/// may get two of them. Then one may become less than nothing, and the sum is right all the same.
ReplyBudget::Share* ReplyBudget::own() {
  const std::int64_t me = surroundings_.process();
  const std::span shares(shares_, kShares);
  for (Share& share : shares) {
    if (share.process.load(std::memory_order_relaxed) == me) return &share;
  }
  for (Share& share : shares) {
    std::int64_t nobody = 0;
    if (share.process.compare_exchange_strong(nobody, me)) return &share;
  }
  return nullptr;
}

std::uint64_t ReplyBudget::held() const {
  std::uint64_t sum = 0;
  for (const Share& share : std::span(shares_, kShares)) sum += share.bytes.load();
  return sum;
}

void ReplyBudget::forget_the_dead() {
  for (Share& share : std::span(shares_, kShares)) {
    std::int64_t process = share.process.load();
    if (process == 0 || surroundings_.lives(process)) continue;
    // One of those who find it dead empties it, before anybody else may have it.
    constexpr std::int64_t kBeingEmptied = -1;
    if (!share.process.compare_exchange_strong(process, kBeingEmptied)) continue;
    share.bytes.store(0);
    share.process.store(0);
  }
}

}  // namespace bakeoff
