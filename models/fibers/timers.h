// Sleeping fibers, whoever's: any thread of a group may end the sleep of any of them.
#pragma once

#include <boost/fiber/context.hpp>
#include <boost/intrusive/set.hpp>
#include <chrono>
#include <mutex>

#include "models/net.h"

namespace bakeoff::models::fibers {

struct DescriptorState;

/// One sleep. It lies on the sleeper's own stack.
struct FiberSleep : boost::intrusive::set_base_hook<> {
  FiberSleep(std::chrono::steady_clock::time_point due, boost::fibers::context* who, fibers::DescriptorState* whom, int seen_by)
      : until(due), sleeper(who), peer(whom), socket(seen_by) {}
  std::chrono::steady_clock::time_point until;
  boost::fibers::context* sleeper;
  fibers::DescriptorState* peer;     ///< Whose leaving ends the sleep, nullptr for nobody's,
  int socket;         ///< and what that is seen by.
  bool slept = true;  ///< False when the end came before its time.
  bool operator<(const FiberSleep& other) const { return until < other.until; }
};

class FiberTimers {
 public:
  /// Throws std::system_error when there is no descriptor for the clock.
  FiberTimers();

  /// Becomes readable, with a new edge, whenever the first of the sleeps is over.
  int fd() const { return timerfd_.get(); }

  /// False, and the sleep is not taken, when the end has come or the peer has left: the sleeper is to go on.
  bool add(FiberSleep& sleep) noexcept;

  /// A sleeper whose time is over, nullptr when there is none. Its sleep is forgotten.
  boost::fibers::context* next_due() noexcept;

  /// The end of its peer has been noted. The sleeper, when it has left; its sleep is forgotten, and `slept` false.
  boost::fibers::context* wake_if_disconnected(fibers::DescriptorState& peer) noexcept;

  /// From now on nobody sleeps: next_due() gives out the rest, with `slept` false.
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
