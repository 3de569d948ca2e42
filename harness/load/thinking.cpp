#include "harness/load/thinking.h"

#include <algorithm>
#include <functional>

#include "workloads/mix.h"

namespace bakeoff::load {
namespace {

constexpr std::uint64_t kLongestThoughtUs = 600'000'000;
constexpr std::uint64_t kNsPerUs = 1000;
constexpr std::uint64_t kThoughts = 0x7468696e6b;  ///< Tells these streams from those of the requests.

}  // namespace

workloads::AmountDraw parse_think_time(std::string_view text) {
  return {text, {.what = "a think time", .of = "microseconds", .unit = "US"}, kLongestThoughtUs};
}

Thinking::Thinking(std::string_view text, std::uint64_t seed, std::uint64_t first, std::size_t users)
    : seed_(workloads::stream_of(seed, kThoughts)), first_(first), users_(users) {
  if (!text.empty()) draw_ = parse_think_time(text);
}

std::uint64_t Thinking::stream(std::uint32_t user) const {
  return workloads::stream_of(seed_, first_ + user);
}

void Thinking::resume(std::uint64_t now_ns) {
  if (!draw_ || running_) return;
  running_ = true;
  if (begun_) {
    // The same for all of them, so that the heap stays one.
    for (Due& due : queue_) due.due_ns += now_ns - suspended_ns_;
    return;
  }
  begun_ = true;
  for (std::uint32_t user = 0; user != users_.size(); ++user) {
    push(user, now_ns + draw_->rest(stream(user), users_[user].thoughts++) * kNsPerUs);
  }
}

void Thinking::suspend(std::uint64_t now_ns) {
  running_ = false;
  suspended_ns_ = now_ns;
}

void Thinking::think(std::uint32_t user, std::uint64_t now_ns) {
  push(user, (running_ ? now_ns : suspended_ns_) + draw_->amount(stream(user), users_[user].thoughts++) * kNsPerUs);
}

void Thinking::push(std::uint32_t user, std::uint64_t due_ns) {
  users_[user].thinks = true;
  queue_.push_back({due_ns, user});
  std::ranges::push_heap(queue_, std::greater{});
}

std::uint32_t Thinking::pop() {
  std::ranges::pop_heap(queue_, std::greater{});
  const std::uint32_t user = queue_.back().user;
  queue_.pop_back();
  users_[user].thinks = false;
  return user;
}

}  // namespace bakeoff::load
