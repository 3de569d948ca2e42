// How many descriptors this process may have.
#pragma once

#include <sys/resource.h>

#include <cstdint>

namespace bakeoff::measure {

/// As many as a process may raise its own limit to: the hard one.
std::uint64_t most_descriptors();

/// As long as it lives, this process may have as many descriptors as the system lets it: the soft limit is the hard
/// one. Programs that are started meanwhile inherit that. Where it is refused, nothing changes.
class RaisedDescriptorLimit {
 public:
  RaisedDescriptorLimit() noexcept;
  ~RaisedDescriptorLimit();
  RaisedDescriptorLimit(const RaisedDescriptorLimit&) = delete;
  RaisedDescriptorLimit& operator=(const RaisedDescriptorLimit&) = delete;

 private:
  rlimit before_{};
  bool raised_ = false;
};

}  // namespace bakeoff::measure
