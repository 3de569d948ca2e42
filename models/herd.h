// The keeping of worker processes: fork them, replace those that die, end them all. Used by the models whose unit is a
// process; what a worker does is theirs.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "models/net.h"

namespace bakeoff {

/// The parent's view of its workers. Made and used on the only thread of the process; SIGCHLD stays blocked for as
/// long as it lives. Each worker has a place, from 0 to the most that there may be, which nobody else has while it
/// lives.
class Herd {
 public:
  /// A worker's life: called in the child right after fork(), with all signals blocked and SIGKILL due when the parent
  /// dies. When it returns, the worker ends without running destructors, and has not died badly.
  using Work = std::function<void()>;

  /// Workers that are all alike, `wanted` of them: for fill().
  Herd(Work work, std::size_t wanted);
  /// Workers that spawn() gives their work, at most so many.
  explicit Herd(std::size_t most) : Herd({}, most) {}
  Herd(const Herd&) = delete;
  Herd& operator=(const Herd&) = delete;
  ~Herd();

  /// Forks what is missing. False, and errno, at the process limit.
  bool fill();

  /// Forks one more, with the place free_place(). False, and errno, at the process limit.
  bool spawn(const Work& work);

  /// Waits until a worker has died, `also` (a descriptor, -1 for none) is readable, the stop has come or the time is
  /// over, and reaps the dead. False on stop. Where a worker could not wait any more (failed_wait.h), another in its
  /// place could not either: disbands, and ends the process the same way.
  bool watch(const StopToken& stop, int timeout_ms, int also = -1);

  /// Ends all workers and reaps them: SIGTERM, repeated because it may come just before a worker blocks, and SIGKILL
  /// when the grace is over. Blocks for about that long at most.
  void disband();

  bool complete() const { return size() == pids_.size(); }
  std::size_t size() const { return places_.size(); }
  std::size_t most() const { return pids_.size(); }
  std::size_t free_place() const { return free_place_; }  ///< The lowest; meaningless when complete.
  bool lives(std::size_t place) const { return pids_[place] != 0; }
  void signal(std::size_t place, int number) const { ::kill(pids_[place], number); }  ///< Whose worker must live.
  std::uint64_t created() const { return created_; }
  std::uint64_t died_badly() const { return died_badly_; }  ///< By a signal, or with a status other than 0.
  std::uint64_t peak() const { return peak_; }

 private:
  void reap();

  Work work_;
  ::sigset_t before_{};
  Descriptor deaths_;
  std::vector<pid_t> pids_;  // By place; 0 where nobody lives.
  std::unordered_map<pid_t, std::size_t> places_;
  std::size_t free_place_ = 0;
  std::uint64_t created_ = 0;
  std::uint64_t died_badly_ = 0;
  bool wait_failed_ = false;
  std::size_t peak_ = 0;
};

/// For a worker that blocks, holding one connection at a time (HeldSocket in connection.h): to be called first in it.
/// It ends by its parent's word only, which is SIGTERM: a terminal sends Ctrl-C to the whole group. Both SIGTERM and
/// SIGUSR1, which says nothing else, end an accept() that blocks; when they come just before it is entered, the parent
/// has to repeat them.
void take_parents_word();

}  // namespace bakeoff
