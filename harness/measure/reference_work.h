// What a fixed piece of work costs just now on a CPU on which something else is measured: some bytes to and from a
// socket pair, for a twenty-fifth of the CPU's time. On a shared machine a system call costs a third more for a second,
// and then less again (who runs on the other hardware thread of the core, the frequency), whoever makes it. Beside this
// work the cost of a request tells whether the program changes, or the machine.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace bakeoff::measure {

class ReferenceWork {
 public:
  /// Works on each of these CPUs until the end of this object. Throws std::system_error where the system gives it no
  /// sockets or no thread.
  explicit ReferenceWork(const std::vector<int>& cpus);
  ReferenceWork(const ReferenceWork&) = delete;
  ReferenceWork& operator=(const ReferenceWork&) = delete;
  ~ReferenceWork();

  struct Use {
    double cpu_us = 0;  ///< CPU time of
    double rounds = 0;  ///< so many rounds of the work, since it began.
  };
  Use use() const;

 private:
  struct Worker;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace bakeoff::measure
