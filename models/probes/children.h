// Child processes by index. They end by themselves. The destructor waits for those that were not waited for, so that a
// probe that fails leaves none behind.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/child_process.h"

namespace bakeoff::models::probes {

class Children {
 public:
  explicit Children(std::size_t most) : pids_(most, 0) {}
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;
  ~Children() {
    for (pid_t& pid : pids_) wait_for(pid);
  }

  /// A place for the next pid under this number.
  pid_t& operator[](std::size_t index) { return pids_[index]; }

  /// Waits until it has ended. Throws std::runtime_error where it ended otherwise than by exit status 0.
  void reap(std::size_t index) {
    const int status = wait_for(pids_[index]);
    if (status != 0) throw std::runtime_error("a child ended with wait status " + std::to_string(status));
  }

 private:
  static int wait_for(pid_t& pid) {
    if (pid <= 0) return 0;
    return wait_for_child(std::exchange(pid, 0)).value_or(0);
  }

  std::vector<pid_t> pids_;
};

}  // namespace bakeoff::models::probes
