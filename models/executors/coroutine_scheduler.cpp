#include "models/executors/coroutine_scheduler.h"

#include <algorithm>
#include <thread>

namespace bakeoff::models::executors {

void CoroutineScheduler::wake_with(Waiting to, std::uint64_t result) {
  if (to.result != nullptr) *to.result = result;
  ready_.push_back(to.handle);
}

void CoroutineScheduler::sleep(std::chrono::nanoseconds time, std::coroutine_handle<> handle) {
  timers_.emplace(Clock::now() + time, Timer{handle});
}

void CoroutineScheduler::arrive(Waiting waiting) {
  arrived_.push_back(waiting);
  if (arrived_.size() < parties_) return;
  for (const Waiting each : arrived_) wake_with(each, parties_);
  arrived_.clear();
}

void CoroutineScheduler::send(std::size_t which, std::uint64_t value, std::coroutine_handle<> handle) {
  Channel& channel = channels_.at(which);
  if (!channel.receivers.empty()) {
    wake_with(channel.receivers.front(), value);
    channel.receivers.pop_front();
  } else if (channel.values.size() == workloads::jobs::kChannelRoom) {
    channel.senders.push_back({value, handle});
    return;
  } else {
    channel.values.push_back(value);
  }
  ready_.push_back(handle);
}

void CoroutineScheduler::receive(std::size_t which, Waiting waiting) {
  Channel& channel = channels_.at(which);
  if (channel.values.empty()) return channel.receivers.push_back(waiting);
  wake_with(waiting, channel.values.front());
  channel.values.pop_front();
  if (channel.senders.empty()) return;
  channel.values.push_back(channel.senders.front().value);
  ready_.push_back(channel.senders.front().handle);
  channel.senders.pop_front();
}

void CoroutineScheduler::lock(std::size_t which, Waiting waiting) {
  Lock& lock = locks_.at(which);
  if (lock.held) return lock.queue.push_back(waiting);
  lock.held = true;
  wake_with(waiting, 1);
}

void CoroutineScheduler::unlock(std::size_t which) {
  Lock& lock = locks_.at(which);
  lock.held = !lock.queue.empty();
  if (!lock.held) return;
  const Waiting next = lock.queue.front();
  lock.queue.pop_front();
  std::erase_if(timers_, [&](const auto& timer) { return timer.second.handle == next.handle; });
  wake_with(next, 1);
}

void CoroutineScheduler::lock_for(std::size_t which, std::chrono::nanoseconds time, Waiting waiting) {
  Lock& lock = locks_.at(which);
  if (lock.held) timers_.emplace(Clock::now() + time, Timer{waiting.handle, &lock});
  this->lock(which, waiting);
}

void CoroutineScheduler::admit_next() {
  while (!read_write_queue_.empty() && !writing_ && (readers_ == 0 || !read_write_queue_.front().writes)) {
    const ReadWriteWaiter next = read_write_queue_.front();
    read_write_queue_.pop_front();
    if (next.writes) {
      writing_ = true;
    } else {
      ++readers_;
    }
    wake_with(next.waiting, 1);
  }
}

void CoroutineScheduler::lock_shared(Waiting waiting) {
  read_write_queue_.push_back({waiting, false});
  admit_next();
}
void CoroutineScheduler::unlock_shared() {
  --readers_;
  admit_next();
}
void CoroutineScheduler::lock_exclusive(Waiting waiting) {
  read_write_queue_.push_back({waiting, true});
  admit_next();
}
void CoroutineScheduler::unlock_exclusive() {
  writing_ = false;
  admit_next();
}

void CoroutineScheduler::wake_due_sleepers() {
  const auto now = Clock::now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const Timer timer = timers_.begin()->second;
    timers_.erase(timers_.begin());
    if (timer.lock == nullptr) {
      ready_.push_back(timer.handle);
      continue;
    }
    auto& queue = timer.lock->queue;
    const auto patient = std::ranges::find(queue, timer.handle, &Waiting::handle);
    const Waiting gone = *patient;
    queue.erase(patient);
    wake_with(gone, 0);
  }
}

void CoroutineScheduler::run() {
  while (!ready_.empty() || !timers_.empty()) {
    if (ready_.empty()) std::this_thread::sleep_until(timers_.begin()->first);
    if (!timers_.empty()) wake_due_sleepers();
    // Those that become ready meanwhile have their turn in the next round.
    for (std::size_t left = ready_.size(); left != 0; --left) {
      const auto handle = ready_.front();
      ready_.pop_front();
      handle.resume();
    }
  }
}

}  // namespace bakeoff::models::executors
