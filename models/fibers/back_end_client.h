// How fibers call the back end: the fiber suspends, for a connection and for an answer, and its thread carries others.
//
// Who waits: the calling fiber. A fiber that waits for a descriptor has no time limit of its own: a fiber of the client
// sleeps until the first of the calls would be late, and shuts the connections of late calls down, which wakes those
// who wait for them. So a call needs no timer. Who owns: a group of threads has one client, which its fibers share.
#pragma once

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <boost/fiber/fiber.hpp>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "models/back_end/address.h"
#include "models/back_end/waiting_pool.h"
#include "models/fibers/descriptor.h"
#include "models/fibers/scheduler.h"
#include "models/fibers/stacks.h"
#include "models/net.h"

namespace bakeoff::models::fibers {

/// See WaitingSocket in back_end/link.h.
class FiberSocket {
 public:
  using Clock = back_end::Clock;

  bool connect(const workloads::BackEnd& server, Clock::time_point until) {
    back_end::Connecting state{};
    Descriptor made = back_end::begin_connecting(server, state);
    if (state == back_end::Connecting::failed) return false;
    {
      const std::lock_guard lock(mutex_);
      if (ended_) return false;
      socket_ = std::move(made);
      descriptor_.emplace(socket_.get());
    }
    const LimitedTime limit(*this, until);
    while (state == back_end::Connecting::under_way) {
      descriptor_->await_writable();
      descriptor_->consume_writable();
      state = back_end::check_connecting(socket_.get());
    }
    return state == back_end::Connecting::connected;
  }

  /// A request is small, and the send buffer of a connection with one call at a time is empty.
  bool send(std::string_view bytes) const {
    return send_some(socket_.get(), bytes) == static_cast<ssize_t>(bytes.size());
  }

  std::size_t receive(std::span<char> into, Clock::time_point until) {
    const LimitedTime limit(*this, until);
    for (;;) {
      descriptor_->await_readable();
      const std::uint32_t taken = descriptor_->consume_readable();
      const ssize_t received = receive_some(socket_.get(), into.data(), into.size());
      if (received < 0 && would_block()) continue;
      if (static_cast<std::size_t>(received) == into.size() || FiberDescriptor::has_ended(taken)) {
        descriptor_->restore(taken);
      }
      return received > 0 ? static_cast<std::size_t>(received) : 0;
    }
  }

  bool is_open() const { return static_cast<bool>(socket_); }
  void close() {
    const std::lock_guard lock(mutex_);
    descriptor_.reset();
    socket_.reset();
  }

  /// When what is waited for on it is late; nullopt while nothing is. May be called by any fiber.
  std::optional<Clock::time_point> late_at() const {
    const Clock::time_point until = until_;
    return until == Clock::time_point() ? std::nullopt : std::optional(until);
  }
  /// Makes whoever waits for it go on. The same.
  void shut_down() {
    const std::lock_guard lock(mutex_);
    if (socket_) ::shutdown(socket_.get(), SHUT_RDWR);
  }
  /// The same, and it is not connected any more: from now on nobody looks whether its calls are late.
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    if (socket_) ::shutdown(socket_.get(), SHUT_RDWR);
  }

 private:
  struct LimitedTime {
    LimitedTime(FiberSocket& waiting, Clock::time_point until) : socket(waiting) { socket.until_ = until; }
    LimitedTime(const LimitedTime&) = delete;
    LimitedTime& operator=(const LimitedTime&) = delete;
    ~LimitedTime() { socket.until_ = Clock::time_point(); }
    FiberSocket& socket;
  };

  // Between its user, who opens and closes it, and shut_down() and end(). No fiber waits while it holds it.
  std::mutex mutex_;
  bool ended_ = false;
  Descriptor socket_;
  std::optional<FiberDescriptor> descriptor_;
  std::atomic<Clock::time_point> until_{Clock::time_point()};
};

/// See WaitingPool. The fiber that is notified goes on where the notifying one is: it need not be its thread. Boost's
/// own condition would wake it on the thread on which it has suspended, by an event that all threads of the group see.
class FiberCondition {
 public:
  FiberCondition() : group_(FiberScheduler::current().group()), state_(group_.take_state()) {}
  FiberCondition(const FiberCondition&) = delete;
  FiberCondition& operator=(const FiberCondition&) = delete;
  ~FiberCondition() { group_.give_back_state(state_); }

  void notify_one() { FiberScheduler::current().note_events(state_, DescriptorState::kReadable); }
  void wait_until(std::unique_lock<std::mutex>& lock, back_end::Clock::time_point) {
    lock.unlock();
    if (state_.ready == 0) FiberScheduler::current().await(state_, DescriptorState::kReadable);
    lock.lock();
    state_.ready = 0;
  }

 private:
  FiberThreadGroup& group_;
  // The group's, because the thread that the fiber has left may look at it when the fiber goes on already.
  DescriptorState& state_;
};

class FiberClient {
 public:
  /// Starts a fiber on the calling thread's group.
  FiberClient(const workloads::BackEndUse& use, FiberStackAllocator stacks)
      : pool_(use),
        watch_(boost::fibers::launch::post, std::allocator_arg, std::move(stacks), [this] { end_late_calls(); }) {}
  FiberClient(const FiberClient&) = delete;
  FiberClient& operator=(const FiberClient&) = delete;
  ~FiberClient() { end(); }

  std::string call(const workloads::Calls& calls) { return pool_.call(calls); }

  /// Suspends until its own fiber has ended. To be called after FiberScheduler::end_sleeps().
  void end() {
    if (watch_.joinable()) watch_.join();
  }

 private:
  using Clock = back_end::Clock;
  using Pool = back_end::WaitingPool<FiberCondition, FiberSocket>;

  /// Until the sleeps of the group are ended; then it ends all calls.
  void end_late_calls() {
    for (bool stopping = false; !stopping;) {
      const Clock::time_point now = Clock::now();
      Clock::time_point next = pool_.wake_late(now);  // A call that begins now is not late before.
      pool_.for_each_link([&](Pool::Link& link) {
        const auto late_at = link.socket().late_at();
        if (late_at && *late_at <= now) link.socket().shut_down();
        if (late_at && *late_at > now) next = std::min(next, *late_at);
      });
      stopping = !FiberScheduler::current().sleep(next - now);
    }
    pool_.end();
    pool_.for_each_link([](Pool::Link& link) { link.socket().end(); });
  }

  Pool pool_;
  boost::fibers::fiber watch_;
};

}  // namespace bakeoff::models::fibers
