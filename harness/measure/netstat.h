// How often the kernel turned connections away because an accept queue was full.
//
// The counters belong to the network namespace: they count all listeners of this machine together. They say nothing
// about a server elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace bakeoff::measure {

/// Counted since the machine began; only a difference means something. Absent where the kernel does not say.
struct AcceptQueueCounters {
  std::optional<std::uint64_t> overflows;  ///< ListenOverflows: handshakes that found the accept queue full.
  std::optional<std::uint64_t> drops;      ///< ListenDrops: those, and SYNs dropped for any other reason.
};

/// From the text of /proc/net/netstat: lines in pairs, names and then values, each beginning with "TcpExt:".
AcceptQueueCounters parse_netstat(std::string_view text);

/// Reads /proc/net/netstat, about 0.1 ms.
AcceptQueueCounters read_accept_queue_counters();

/// What was counted between the two; absent where either is, or where the counter went back.
AcceptQueueCounters difference(const AcceptQueueCounters& before, const AcceptQueueCounters& after);

}  // namespace bakeoff::measure
