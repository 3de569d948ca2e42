// Which processes of this machine serve an address, and what they use: for a load against a server that somebody else
// has started. Needs no more rights than being of the same user; of another user's server nothing is known.
//
// The way there: the sockets in state LISTEN of /proc/net/tcp and tcp6, and whose /proc/PID/fd leads to one of them.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/measure/process_tree.h"

namespace bakeoff::measure {

struct ListeningProcess {
  pid_t pid = 0;
  std::string name;  ///< comm: at most 15 bytes.
};

/// The processes with a TCP socket that listens on the port, on whatever address, by pid. Reads all of /proc/*/fd that
/// may be read: some milliseconds, more where a process has thousands of descriptors.
std::vector<ListeningProcess> listeners_on(std::uint16_t port);

/// The inodes of the sockets that listen on the port, from the text of /proc/net/tcp or tcp6.
std::set<std::uint64_t> listening_inodes(std::string_view text, std::uint16_t port);

/// Where the processes listen for TCP beside loopback, which others than this machine may reach: "0.0.0.0:8080",
/// "[::]:8080"; each once, in order. What may not be read is not known. Reads their descriptors only where this machine
/// has such a listener at all.
std::vector<std::string> open_addresses(const std::vector<pid_t>& pids);

/// The same of the text of /proc/net/tcp or tcp6: by the inode of the socket.
std::map<std::uint64_t, std::string> open_addresses(std::string_view text);

/// A server that runs on this machine, whoever started it, and what it uses in a window. Children are counted with
/// those that listen, as far as they live at the end: what one used that came and went in between is not seen.
class LocalServer {
 public:
  /// Nothing is found where the address is not of this machine or the processes belong to somebody else.
  static LocalServer find(const sockaddr_storage& address);

  bool found() const { return !listeners_.empty(); }
  /// Those that listen and their children, when they were last looked for.
  const std::vector<pid_t>& processes() const { return pids_; }
  /// "nginx", "nginx, 5 processes"; "" when it was not found.
  std::string description() const;

  /// Just before the window: a few microseconds a process, about 50 a thread up to kMostThreads in all.
  void begin();
  /// What was used since begin(), and the size now: CPU time, read first (threads that have ended included; absent when
  /// a process has ended), switches, faults, memory, threads and processes. Only what is known is set.
  journal::SubjectRow end();

  /// CPU time of the busiest thread between begin() and end(), microseconds; 0 when threads could not be read.
  double busiest_thread_us() const { return busiest_thread_us_; }
  /// The CPUs that the listening processes may use.
  std::vector<int> cpus() const;

  /// With more of them in the server, reading them all would take longer than there is time before a window: switches
  /// and faults are left out then, and children are looked for in find() and end() alone.
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
