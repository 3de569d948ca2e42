// The shape of a load: what is asked and how requests arrive. It is the same plain data in a table of an experiment, on
// the command line of `bakeoff load`, in the plan of a load agent and in a row, so that it is written out here alone.
// Its JSON: load_shape_fields.h.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace bakeoff::journal {

/// LoadShape::rate_rps of a row that says "open" and no rate.
inline constexpr double kUnknownRate = std::numeric_limits<double>::quiet_NaN();

struct LoadShape {
  std::uint64_t connections = 1;
  /// Requests on the way on one connection. Closed: sent together, the next batch follows the last reply.
  std::uint64_t pipeline = 1;
  std::uint64_t message_bytes = 64;  ///< echo; a row of another workload has 0.
  std::string request{};             ///< As ClientSettings::request.

  double rate_rps = 0;     ///< The rate of the whole load. 0: closed loop.
  double ramp_to_rps = 0;  ///< The rate changes evenly to this over the window; 0: it stays.
  bool poisson = false;    ///< Open loop: exponential times between requests instead of even ones.
  bool spin = false;       ///< The generator never sleeps: no wake-up of its own in the latencies, for a whole CPU.
  bool churn = false;      ///< Connect, one request, close.
  /// A connection is closed behind so many requests, and made anew; 0: as long as the server lets it.
  std::uint64_t requests_per_connection = 0;
  /// Open loop: requests come in sessions of so many, drawn as SessionLength (sessions.h) has it, and the rate, which
  /// is of requests all the same, is kept by the arrivals of sessions. Each has a connection of its own; `connections`
  /// is then the most of them at once. "": no sessions.
  std::string session_requests{};
  /// Closed loop and sessions: how long a user thinks between a reply and the next request, drawn as parse_think_time()
  /// (thinking.h) has it, in microseconds; "": not at all.
  std::string think_us{};

  // beside the load
  std::uint64_t idle = 0;          ///< Connections that say nothing,
  bool idle_asks = false;          ///< or nothing more once each has been served: a keep-alive crowd.
  std::uint64_t slow_senders = 0;  ///< Send a byte, pause, send the next.
  std::uint64_t slow_readers = 0;  ///< Ask and ask, and never read.

  bool is_open() const { return rate_rps != 0; }
  bool has_sessions() const { return !session_requests.empty(); }
  /// Connections are made as the load needs them, and closed when it does not.
  bool connections_come_and_go() const { return churn || has_sessions(); }

  std::uint64_t connections_beside() const { return idle + slow_senders + slow_readers; }
  std::uint64_t all_connections() const { return connections + connections_beside(); }

  /// Connections that a server holds at once: where they come and go a quarter more of the load's own, because one
  /// that is closed may still be held by its unit when the next one has come.
  std::uint64_t connections_at_once() const {
    return all_connections() + (connections_come_and_go() ? (connections + 3) / 4 : 0);
  }
};

/// As a row keeps the load of that workload: a size of messages is of echo alone.
inline LoadShape as_recorded(LoadShape load, std::string_view workload) {
  if (workload != "echo") load.message_bytes = 0;
  return load;
}

/// For a row that says nothing of a load: that of a job, of a probe, or one that is not filled in yet.
inline const LoadShape kNoLoad{.connections = 0, .pipeline = 0, .message_bytes = 0};

}  // namespace bakeoff::journal
