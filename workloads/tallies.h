// The sums behind a ServiceReceipt.
#pragma once

#include <atomic>
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
  void add(std::uint64_t requests, std::uint64_t bytes_received, std::uint64_t bytes_sent, std::uint64_t files = 0);
  ServiceReceipt receipt() const;

 private:
  struct Sums {
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> bytes_received{0};
    std::atomic<std::uint64_t> bytes_sent{0};
    std::atomic<std::uint64_t> files{0};
  };
  SharedMemory memory_;
  Sums* sums_;
};

}  // namespace bakeoff::workloads
