// The keeping of worker processes: fork them, replace those that die, end them all. Used by the models whose unit is a
// process; what a worker does is theirs.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_set>

#include "models/net.h"

namespace bakeoff {

/// The parent's view of its workers. Made and used on the only thread of the process; SIGCHLD stays blocked for as
/// long as it lives.
class Herd {
 public:
  /// `work` is a worker's whole life: called in the child right after fork(), with all signals blocked and SIGKILL due
  /// when the parent dies. It must not return.
  Herd(std::function<void()> work, std::size_t wanted);
  Herd(const Herd&) = delete;
  Herd& operator=(const Herd&) = delete;
  ~Herd();

  /// Forks what is missing. False, and errno, at the process limit.
  bool fill();

  /// Waits until a worker has died, the stop has come or the time is over, and reaps. False on stop.
  bool watch(const StopToken& stop, int timeout_ms);

  /// Ends all workers and reaps them: SIGTERM, repeated because it may come just before a worker blocks, and SIGKILL
  /// when the grace is over. Blocks for about that long at most.
  void disband();

  bool complete() const { return workers_.size() == wanted_; }
  std::uint64_t created() const { return created_; }
  std::uint64_t peak() const { return peak_; }

 private:
  void reap();

  std::function<void()> work_;
  std::size_t wanted_;
  ::sigset_t before_{};
  Descriptor deaths_;
  std::unordered_set<pid_t> workers_;
  std::uint64_t created_ = 0;
  std::size_t peak_ = 0;
};

}  // namespace bakeoff
