// The memory limit of a server that is not ours: what its manifest says (memory_mib), or half of what is available when
// its trial begins. A stranger that goes on asking for more would otherwise end what else runs on the machine.
//
// The trial's memory cgroup holds it where there is one, and the kernel kills what goes beyond. Elsewhere a thread
// looks at what its processes have, and ends them all: an address-space limit (RLIMIT_AS) would forbid what runtimes
// reserve and never touch, and a limit of processes counts everybody of the same user.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "harness/measure/memory_cgroup.h"
#include "harness/subjects/server.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

class MemoryLimit {
 public:
  /// Of a model there is none. `cgroup` outlives this; its limit is set here.
  MemoryLimit(const subjects::Subject& subject, measure::MemoryCgroup& cgroup);

  /// Where no cgroup holds it: looks at these processes from now on, ten times a second, or less often where that would
  /// take more than half a percent of a CPU. The caller goes on at once.
  void watch(std::function<std::vector<pid_t>()> processes);

  /// KiB; UINT64_MAX for none.
  std::uint64_t kib() const { return kib_; }

  /// Once it has ended something: the numbers, in one line. "" before.
  std::string violation() const;

  /// The end of a subject as it was seen: of the outcome limit where the limit was the cause.
  subjects::SubjectError explain(const subjects::SubjectError& end) const;

 private:
  std::uint64_t kib_ = UINT64_MAX;
  std::string source_;  ///< Whence the limit is, in words.
  const measure::MemoryCgroup& cgroup_;
  bool enforced_by_cgroup_ = false;
  std::atomic<std::uint64_t> found_kib_{0};
  std::jthread watcher_;  ///< Last: it uses the others.
};

}  // namespace bakeoff::experiment
