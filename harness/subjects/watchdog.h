// Ends a foreign server when the harness itself is killed. A child of the harness dies with it (process.h), but the
// workers of nginx or Apache are children of that child, and go on serving when their master is killed.
//
// The watchdog is a process of its own that outlives the harness. Over a pipe the harness tells it what to kill and
// which folder to remove. The end of the pipe without "leave" before it means that the harness has died: then the
// watchdog does both. It sleeps until then.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/subjects/process.h"

namespace bakeoff::subjects {

class Watchdog {
 public:
  /// Starts `bakeoff guard` on `cpus`. Throws std::system_error.
  explicit Watchdog(const std::vector<int>& cpus);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  /// Dismisses it: the watchdog ends and touches nothing. Waits for its end.
  ~Watchdog();

  /// Each names something that must not outlive the harness: a cgroup and its processes, by its cgroup.procs file; a
  /// process group; a scratch folder, by its path().
  void watch_cgroup(const std::filesystem::path& procs);
  void watch_group(pid_t leader);
  void watch_folder(const std::filesystem::path& folder);

 private:
  Process process_;
};

/// The watchdog's main function: `bakeoff guard`. Returns its exit status.
int run_watchdog();

}  // namespace bakeoff::subjects
