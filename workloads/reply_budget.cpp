#include "workloads/reply_budget.h"

#include <algorithm>
#include <span>

#include "workloads/session.h"

namespace bakeoff::workloads {
namespace {

/// A share has these bits for its bytes: up to 1 TiB. The rest is for the process, whose number Linux keeps below 2^22.
constexpr unsigned kByteBits = 40;
constexpr std::uint64_t kByteMask = (std::uint64_t{1} << kByteBits) - 1;
constexpr std::size_t kLeastShares = 1024;
constexpr std::size_t kMostShares = 65536;  // Half a mebibyte, of which only what is used is ever touched.

constexpr std::uint64_t share_of(std::int64_t process, std::uint64_t bytes) {
  return static_cast<std::uint64_t>(process) << kByteBits | bytes;
}
constexpr std::int64_t process_of(std::uint64_t share) {
  return static_cast<std::int64_t>(share >> kByteBits);
}
constexpr std::uint64_t bytes_of(std::uint64_t share) {
  return share & kByteMask;
}

}  // namespace

ReplyBudget::ReplyBudget(std::size_t most, const ServiceEnvironment& environment)
    : most_(std::min<std::uint64_t>(most, kByteMask)),
      environment_(environment),
      shares_(std::clamp(most / kReplyCap + 1, kLeastShares, kMostShares)),
      memory_((1 + shares_) * sizeof(Share)),  // Zeroed: every share is free.
      in_use_(*static_cast<std::atomic<std::uint64_t>*>(memory_.data())),
      first_(&in_use_ + 1) {
  static_assert(Share::is_always_lock_free, "shares are shared between processes");
}

bool ReplyBudget::take(std::size_t bytes) {
  if (bytes == 0) return true;
  if (bytes > most_) return false;
  if (try_to_take(bytes)) return true;
  reclaim_from_dead_processes();
  return try_to_take(bytes);
}

/// Taken first and counted then: so two who take at once never get more than there is, though both may be refused.
bool ReplyBudget::try_to_take(std::uint64_t bytes) {
  if (!add(bytes)) return false;
  if (held() <= most_) return true;
  give_back(bytes);
  return false;
}

/// To a share of this process, or to a free one. Threads that ask at once may get several shares; the sum is right all
/// the same. False when there is no free share, or this process holds too much already.
bool ReplyBudget::add(std::uint64_t bytes) {
  const std::int64_t me = environment_.process();
  for (std::size_t i = 0; i < shares_; ++i) {
    // Counted as used before it is: a process that sums up afterwards sees this share, or this one sees its share.
    for (std::uint64_t used = in_use_; used <= i && !in_use_.compare_exchange_weak(used, i + 1);) continue;
    std::uint64_t share = first_[i];
    while (share == 0 || process_of(share) == me) {
      if (bytes > most_ - bytes_of(share)) return false;  // Nor does any share ever hold more than there is.
      if (first_[i].compare_exchange_weak(share, share_of(me, bytes_of(share) + bytes))) return true;
    }
  }
  return false;
}

/// The process's shares hold together at least that much, though other threads may take from one what was added to it
/// here, and leave it in another.
void ReplyBudget::give_back(std::size_t bytes) {
  const std::int64_t me = environment_.process();
  for (std::uint64_t left = bytes; left > 0;) {
    for (Share& place : std::span(first_, in_use_)) {
      std::uint64_t share = place;
      while (left > 0 && process_of(share) == me) {
        const std::uint64_t part = std::min(left, bytes_of(share));
        const std::uint64_t rest = bytes_of(share) - part;
        if (!place.compare_exchange_weak(share, rest == 0 ? 0 : share_of(me, rest))) continue;
        left -= part;
        break;
      }
    }
  }
}

std::uint64_t ReplyBudget::held() const {
  std::uint64_t sum = 0;
  for (const Share& share : std::span(first_, in_use_)) sum += bytes_of(share);
  return sum;
}

void ReplyBudget::reclaim_from_dead_processes() {
  const std::int64_t me = environment_.process();
  for (Share& place : std::span(first_, in_use_)) {
    std::uint64_t share = place;
    if (share == 0 || process_of(share) == me || environment_.is_alive(process_of(share))) continue;
    place.compare_exchange_strong(
        share, 0);  // Another process may have done it already, and the share may belong to a living one by now.
  }
}

}  // namespace bakeoff::workloads
