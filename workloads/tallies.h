// The sums behind a ServiceReceipt.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "workloads/session.h"
#include "workloads/shared_memory.h"

namespace bakeoff::workloads {

/// Sums over the sessions that have ended. They always lie in shared memory, whatever the store kind is: a service
/// cannot know whether its model will fork. A session whose process is killed is missing from them.
class Tallies {
 public:
  Tallies();

  /// Safe from several threads and processes at once; does not block.
  void add(std::uint64_t requests, std::uint64_t bytes_received, std::uint64_t bytes_sent, std::uint64_t files = 0,
           std::uint64_t calls = 0);
  /// A request whose calls of the back end failed. The same.
  void add_failed_call(CallOutcome outcome);
  /// A connection that was made to the back end, and a wait for one that was free. The same.
  void add_back_end_connection();
  void add_call_wait(std::chrono::nanoseconds waited);
  ServiceReceipt receipt() const;

 private:
  struct Sums {
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> bytes_received{0};
    std::atomic<std::uint64_t> bytes_sent{0};
    std::atomic<std::uint64_t> files{0};
    std::atomic<std::uint64_t> calls{0};
    std::array<std::atomic<std::uint64_t>, kCallOutcomes> failed_calls{};
    std::atomic<std::uint64_t> back_end_connections{0}, call_waits{0}, call_wait_ns{0};
  };
  SharedMemory memory_;
  Sums* sums_;
};

}  // namespace bakeoff::workloads
