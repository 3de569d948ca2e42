// The sleeping fibers of a group. Any thread of the group may end the sleep of any of them.
#pragma once

#include <boost/fiber/context.hpp>
#include <boost/intrusive/set.hpp>
#include <chrono>
#include <mutex>

#include "models/net.h"

namespace bakeoff::models::fibers {

struct DescriptorState;

/// One sleep. It lies on the stack of the fiber that sleeps.
struct FiberSleep : boost::intrusive::set_base_hook<> {
  FiberSleep(std::chrono::steady_clock::time_point due, boost::fibers::context* fiber, DescriptorState* peer_state,
             int peer_socket)
      : until(due), sleeper(fiber), peer(peer_state), socket(peer_socket) {}
  std::chrono::steady_clock::time_point until;
  boost::fibers::context* sleeper;
  DescriptorState* peer;  ///< The sleep ends when this peer leaves. nullptr when there is none.
  int socket;             ///< The peer's socket.
  bool slept = true;      ///< False when the sleep was ended before its time.
  bool operator<(const FiberSleep& other) const { return until < other.until; }
};

class FiberTimers {
 public:
  /// Throws std::system_error when there is no descriptor for the clock.
  FiberTimers();

  /// Becomes readable, with a new edge-triggered event, whenever the first of the sleeps is over.
  int fd() const { return timerfd_.get(); }

  /// False, and the sleep is not taken, after end() or when the peer has left: the fiber must continue.
  bool add(FiberSleep& sleep) noexcept;

  /// Removes a sleep whose time is over and returns its fiber; nullptr when there is none.
  boost::fibers::context* next_due() noexcept;

  /// To be called when the end of a peer has been noted. When the peer has left, removes the sleep that waits for it,
  /// sets `slept` to false and returns its fiber; otherwise nullptr.
  boost::fibers::context* wake_if_disconnected(DescriptorState& peer) noexcept;

  /// From now on no fiber sleeps: next_due() gives out the remaining ones, with `slept` false.
  void end() noexcept;

 private:
  static bool peer_has_disconnected(const FiberSleep& sleep) noexcept;
  void arm_timerfd() noexcept;

  Descriptor timerfd_;
  std::mutex mutex_;
  boost::intrusive::multiset<FiberSleep> sleeps_;
  bool ended_ = false;
};

}  // namespace bakeoff::models::fibers
