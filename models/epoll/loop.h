// A loop over epoll: the least that an event-driven model needs. What it watches is its user's choice.
//
// Who waits: the calling thread, in run(). Who owns: the loop owns neither descriptors nor handlers. Both must live for
// as long as they are watched or have a turn coming. Left out: waking the loop from another thread.
#pragma once

#include <sys/epoll.h>

#include <boost/intrusive/set.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/net.h"

namespace bakeoff::models::epoll {

using SleeperHook = boost::intrusive::set_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// What a loop calls. In a call a handler may destroy itself, unless it has a turn coming, but no other handler. A
/// handler that is destroyed while it sleeps is not woken any more.
class EpollHandler : public SleeperHook {
 public:
  using Clock = std::chrono::steady_clock;

  /// These events came for its descriptor.
  virtual void on_event(std::uint32_t events) = 0;
  /// The time, or the turn, that it has asked for has come.
  virtual void on_wake() = 0;

 protected:
  ~EpollHandler() = default;
  Clock::time_point time_to_wake() const { return time_to_wake_; }

 private:
  friend class EpollLoop;
  struct WakesEarlier {
    bool operator()(const EpollHandler& one, const EpollHandler& other) const {
      return one.time_to_wake_ < other.time_to_wake_;
    }
  };
  Clock::time_point time_to_wake_{};  // Meaningful while it sleeps.
};

class EpollLoop {
 public:
  using Clock = EpollHandler::Clock;

  /// Throws std::system_error when there is no descriptor for it.
  EpollLoop();

  /// False and errno when the kernel watches no more.
  bool watch(int fd, std::uint32_t events, EpollHandler& handler) noexcept;
  /// Closing a descriptor that has no duplicate does the same.
  void unwatch(int fd) noexcept;

  /// Calls on_wake() at that time. A handler that sleeps already is woken at this time instead.
  void wake_at(Clock::time_point time, EpollHandler& handler) {
    handler.unlink();
    handler.time_to_wake_ = time;
    sleepers_.insert(handler);
  }
  /// Calls on_wake() after all other handlers have had their turn. Throws std::bad_alloc.
  void wake_after_the_others(EpollHandler& handler) { next_turns_.push_back(&handler); }

  /// Calls its handlers until one of them calls end(). An exception that a handler throws ends it too.
  void run();
  void end() { ended_ = true; }

 private:
  std::optional<std::chrono::nanoseconds> max_wait() const;
  void wake_sleepers();
  void run_turns();

  Descriptor epoll_;
  boost::intrusive::multiset<EpollHandler, boost::intrusive::base_hook<SleeperHook>,
                             boost::intrusive::compare<EpollHandler::WakesEarlier>,
                             boost::intrusive::constant_time_size<false>>
      sleepers_;
  std::vector<EpollHandler*> next_turns_, current_turns_;
  bool ended_ = false;
};

}  // namespace bakeoff::models::epoll
