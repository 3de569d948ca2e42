// What a server of this machine uses while it is loaded, when somebody else has started it.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/measure/listeners.h"
#include "harness/measure/process_tree.h"

namespace bakeoff::measure {

/// What a server used in a window, and its size at the end of it. Only what is known is set.
struct ServerUse {
  std::optional<double> cpu_us;  ///< Threads that have ended are included. Absent when a process has ended.
  std::optional<std::uint64_t> switches_voluntary, switches_involuntary, minor_faults, major_faults;
  std::optional<std::uint64_t> rss_kib, pss_kib, threads, processes;
};

/// A server that runs on this machine and was not started by us. The children of the processes that listen are counted
/// with them if they are alive at the end. What a child used that came and went in between is not seen.
class LocalServer {
 public:
  /// Nothing is found when the address is not of this machine or the processes belong to another user. A Unix socket
  /// is of this machine.
  static LocalServer find(const sockaddr_storage& address);

  bool found() const { return !listeners_.empty(); }
  /// Those that listen and their children, as of the last time they were looked for.
  const std::vector<pid_t>& processes() const { return pids_; }
  /// "nginx", "nginx, 5 processes"; "" when it was not found.
  std::string description() const;

  /// To be called just before the window. It takes a few microseconds per process, and about 50 per thread up to
  /// kMostThreads in all.
  void begin();
  /// What was used since begin(), and the size now. The CPU time is read first.
  ServerUse end();

  /// CPU time of the busiest thread between begin() and end(), microseconds; 0 when threads could not be read.
  double busiest_thread_us() const { return busiest_thread_us_; }
  /// The CPUs that the listening processes may use.
  std::vector<int> cpus() const;

  /// If the server has more threads, reading them all would take longer than there is time before a window. Switches
  /// and faults are left out then, and children are looked for in find() and end() only.
  static constexpr std::uint64_t kMostThreads = 200;

 private:
  std::vector<pid_t> pids() const;

  std::vector<ListeningProcess> listeners_;
  std::vector<pid_t> pids_;
  std::map<pid_t, std::uint64_t> cpu_ns_;
  std::optional<TreeUse> use_;
  double busiest_thread_us_ = 0;
};

}  // namespace bakeoff::measure
