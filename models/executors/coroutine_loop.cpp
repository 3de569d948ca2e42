#include "models/executors/coroutine_loop.h"

#include <algorithm>
#include <thread>

namespace bakeoff {

void CoroutineLoop::hand(Waiting to, std::uint64_t result) {
  if (to.result != nullptr) *to.result = result;
  ready_.push_back(to.handle);
}

void CoroutineLoop::sleep(std::chrono::nanoseconds time, std::coroutine_handle<> handle) {
  alarms_.emplace(Clock::now() + time, Alarm{handle});
}

void CoroutineLoop::arrive(Waiting waiting) {
  arrived_.push_back(waiting);
  if (arrived_.size() < parties_) return;
  for (const Waiting each : arrived_) hand(each, parties_);
  arrived_.clear();
}

void CoroutineLoop::send(std::uint64_t value, std::coroutine_handle<> handle) {
  if (!receivers_.empty()) {
    hand(receivers_.front(), value);
    receivers_.pop_front();
  } else if (channel_.size() == kChannelRoom) {
    senders_.push_back({value, handle});
    return;
  } else {
    channel_.push_back(value);
  }
  ready_.push_back(handle);
}

void CoroutineLoop::receive(Waiting waiting) {
  if (channel_.empty()) return receivers_.push_back(waiting);
  hand(waiting, channel_.front());
  channel_.pop_front();
  if (senders_.empty()) return;
  channel_.push_back(senders_.front().value);
  ready_.push_back(senders_.front().handle);
  senders_.pop_front();
}

void CoroutineLoop::lock(std::size_t which, Waiting waiting) {
  Lock& lock = locks_.at(which);
  if (lock.held) return lock.queue.push_back(waiting);
  lock.held = true;
  hand(waiting, 1);
}

void CoroutineLoop::unlock(std::size_t which) {
  Lock& lock = locks_.at(which);
  lock.held = !lock.queue.empty();
  if (!lock.held) return;
  const Waiting next = lock.queue.front();
  lock.queue.pop_front();
  std::erase_if(alarms_, [&](const auto& alarm) { return alarm.second.handle == next.handle; });
  hand(next, 1);
}

void CoroutineLoop::lock_for(std::size_t which, std::chrono::nanoseconds time, Waiting waiting) {
  Lock& lock = locks_.at(which);
  if (lock.held) alarms_.emplace(Clock::now() + time, Alarm{waiting.handle, &lock});
  this->lock(which, waiting);
}

void CoroutineLoop::let_next_in() {
  while (!turns_.empty() && !writing_ && (readers_ == 0 || !turns_.front().writes)) {
    const Turn next = turns_.front();
    turns_.pop_front();
    if (next.writes) {
      writing_ = true;
    } else {
      ++readers_;
    }
    hand(next.waiting, 1);
  }
}

void CoroutineLoop::lock_shared(Waiting waiting) {
  turns_.push_back({waiting, false});
  let_next_in();
}
void CoroutineLoop::unlock_shared() {
  --readers_;
  let_next_in();
}
void CoroutineLoop::lock_alone(Waiting waiting) {
  turns_.push_back({waiting, true});
  let_next_in();
}
void CoroutineLoop::unlock_alone() {
  writing_ = false;
  let_next_in();
}

void CoroutineLoop::wake_the_due() {
  const auto now = Clock::now();
  while (!alarms_.empty() && alarms_.begin()->first <= now) {
    const Alarm alarm = alarms_.begin()->second;
    alarms_.erase(alarms_.begin());
    if (alarm.lock == nullptr) {
      ready_.push_back(alarm.handle);
      continue;
    }
    auto& queue = alarm.lock->queue;
    const auto patient = std::ranges::find(queue, alarm.handle, &Waiting::handle);
    const Waiting gone = *patient;
    queue.erase(patient);
    hand(gone, 0);
  }
}

void CoroutineLoop::run() {
  while (!ready_.empty() || !alarms_.empty()) {
    if (ready_.empty()) std::this_thread::sleep_until(alarms_.begin()->first);
    if (!alarms_.empty()) wake_the_due();
    // Those that become ready meanwhile have their turn in the next round.
    for (std::size_t left = ready_.size(); left != 0; --left) {
      const auto handle = ready_.front();
      ready_.pop_front();
      handle.resume();
    }
  }
}

}  // namespace bakeoff
