// How long the calling thread was ready to run and had no CPU, as the kernel's scheduler counts it. A generator that
// waited for its CPU has found replies late, which is no pause of the subject.
#pragma once

#include <cstdint>

#include "harness/measure/owned_descriptor.h"

namespace bakeoff::load {

class RunDelay {
 public:
  /// Opens the calling thread's account (/proc/thread-self/schedstat), and counts from now on.
  RunDelay();
  /// Since the last call, nanoseconds; 0 where the kernel does not tell. Reads a file of the kernel's: about 1 us.
  std::uint64_t since_last_ns();

 private:
  std::uint64_t read() const;

  measure::OwnedDescriptor file_;
  std::uint64_t last_ns_ = 0;
};

}  // namespace bakeoff::load
