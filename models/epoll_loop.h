// A loop over epoll: the least that an event-driven model needs. What it watches, and who serves whom, is its user's.
//
// Who waits: the calling thread, in run(). Who owns: nobody here owns a descriptor or a handler; both must outlive
// their being watched or woken. Left out: cancelling a wake-up, waking the loop from another thread.
#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "models/net.h"

namespace bakeoff {

/// What a loop calls. A handler may destroy itself in a call, unless a wake-up of it is outstanding, and no other.
class EpollHandler {
 public:
  /// These events came for its descriptor.
  virtual void happened(std::uint32_t events) = 0;
  /// The time or the turn that it has asked for.
  virtual void due() = 0;

 protected:
  ~EpollHandler() = default;
};

class EpollLoop {
 public:
  using Clock = std::chrono::steady_clock;

  /// Throws std::system_error when there is no descriptor for it.
  EpollLoop();

  /// False and errno when the kernel watches no more.
  bool watch(int fd, std::uint32_t events, EpollHandler& handler) noexcept;
  /// Closing a descriptor that nobody has duplicated does the same.
  void forget(int fd) noexcept;

  /// Calls due() at that time, or after all others have had their turn. Throws std::bad_alloc.
  void wake_at(Clock::time_point time, EpollHandler& handler) { sleepers_.push({time, &handler}); }
  void wake_after_the_others(EpollHandler& handler) { waiting_.push_back(&handler); }

  /// Serves its handlers until one of them calls end(). What they throw ends it too.
  void run();
  void end() { ended_ = true; }

 private:
  struct Sleeper {
    Clock::time_point time;
    EpollHandler* handler;
    bool operator<(const Sleeper& other) const { return time > other.time; }  // The earliest is on top of the queue.
  };

  std::optional<std::chrono::nanoseconds> patience() const;
  void wake_sleepers();
  void give_turns();

  Descriptor epoll_;
  std::priority_queue<Sleeper> sleepers_;
  std::vector<EpollHandler*> waiting_, having_turn_;
  bool ended_ = false;
};

}  // namespace bakeoff
