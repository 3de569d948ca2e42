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

Thinking::Thinking(std::string_view text, std::uint64_t seed, std::uint64_t first, std::size_t users, At there)
    : seed_(workloads::stream_of(seed, kThoughts)), there_(there), users_(users) {
  if (!text.empty()) draw_ = parse_think_time(text);
  for (User& user : users_) user.number = first++;
}

std::uint64_t Thinking::stream(std::uint32_t user) const {
  return workloads::stream_of(seed_, users_[user].number);
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
  if (there_ == At::arrival) return;
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
  queue_.push_back({due_ns, user, users_[user].number});
  std::ranges::push_heap(queue_, std::greater{});
}

void Thinking::drop_front() {
  std::ranges::pop_heap(queue_, std::greater{});
  queue_.pop_back();
}

/// What is in front is the thought of somebody who is there.
void Thinking::drop_left() {
  const auto is_left = [&](const Due& due) {
    return !users_[due.user].thinks || users_[due.user].number != due.number;
  };
  while (!queue_.empty() && is_left(queue_.front())) drop_front();
}

void Thinking::leave(std::uint32_t user) {
  if (!users_[user].thinks) return;
  users_[user].thinks = false;
  drop_left();
}

std::uint32_t Thinking::pop() {
  const std::uint32_t user = queue_.front().user;
  drop_front();
  users_[user].thinks = false;
  drop_left();
  return user;
}

}  // namespace bakeoff::load
