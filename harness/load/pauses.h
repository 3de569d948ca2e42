// Pauses that are the load generator's own. That time is not the server's: a row in which it is much says nothing about
// the server (the reason "paused", harness/validity). Pure.
//
// Waiting for a server that is slow to accept, to answer or to give up a connection counts as the server's time, and is
// not in here.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::load {

/// What keeps a connection from being reopened.
enum class Pause : std::uint8_t {
  none,
  unserved,    ///< Nothing had been served on it: a server that only refuses is not asked without end.
  port,        ///< No local port is left.
  descriptor,  ///< No descriptor is left.
  memory,      ///< The kernel has no memory, or no place in an epoll, for one more socket.
};
inline constexpr std::size_t kPauses = 5;

/// The pause after a connection failed in `phase` with the errno `code`, 0 for none (ErrorCount); `served`: it had
/// received a reply. A time limit that has passed is pause enough.
Pause pause_after(std::string_view phase, int code, bool served);

/// Whether this errno, by its name ("EADDRNOTAVAIL"), says that we have run out of something, and nothing of the
/// server.
bool is_own_shortage(std::string_view code);

/// "unserved", "port", ...
std::string_view pause_name(Pause pause);

/// The pauses of one kind in a window.
struct PauseCount {
  std::uint64_t count = 0;  ///< Connections that were kept waiting, each as often as it was.
  double ns = 0;            ///< Their time, summed.
};

/// A sentence for each, for the row's events. By pause_name().
std::vector<std::string> pause_events(const std::map<std::string, PauseCount>& pauses);

}  // namespace bakeoff::load
