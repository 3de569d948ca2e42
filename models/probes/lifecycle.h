// What demonstrations of processes have in common: children that die with their parent, and what the kernel says of
// one.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "models/probes/probe.h"

namespace bakeoff::models::probes {

/// The child does `work` and exits with what that returns, 1 after an exception. It is killed when its parent dies, and
/// leaves no core where it crashes. Throws std::system_error where there can be none.
pid_t fork_child(const std::function<int()>& work);

/// A child that is killed, wherever it is, and reaped when this goes out of scope.
class KilledChild {
 public:
  explicit KilledChild(const std::function<int()>& work) : pid_(fork_child(work)) {}
  KilledChild(const KilledChild&) = delete;
  KilledChild& operator=(const KilledChild&) = delete;
  ~KilledChild();

  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

/// Waits for a child of ours, and reaps it. Its wait status.
int wait_for(pid_t child);

/// Waits until a child of ours has ended, and leaves it unreaped.
void wait_unreaped(pid_t child);

/// The letter in /proc/PID/stat: 'S' sleeps, 'Z' is a zombie; '-' where there is no such process.
char state_of(pid_t pid);

/// One thing that was looked at: a figure of 0 or 1, and what the texts teach.
struct Demonstration {
  std::string name;  ///< "threads_share_memory"; its figure is "threads_share_memory_yes_or_no".
  bool observed = false;
  bool expected = false;
  std::string sentence{};  ///< What was done to find out, and what came of it.
};

/// A figure and a sentence each; a complaint that names those that came out otherwise than expected.
void add_demonstrations(ProbeResult& result, const std::vector<Demonstration>& demonstrations);

}  // namespace bakeoff::models::probes
