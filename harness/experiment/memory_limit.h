// The memory limit of a subject: what the table says (memory_mib); for a foreign server otherwise what its manifest
// says, or half of what is available when its trial begins. Without a limit, a server that keeps asking for memory
// would bring down whatever else runs on the machine.
//
// The trial's memory cgroup enforces the limit where there is one: the kernel then kills what exceeds it. Elsewhere a
// thread looks at what the server's processes have, and kills them all. The other limits will not do. An address-space
// limit (RLIMIT_AS) would forbid what runtimes reserve and never touch, and a limit on processes counts all processes
// of the user.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "harness/measure/memory_cgroup.h"
#include "harness/subjects/server.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

class MemoryLimit {
 public:
  /// `of_table` is the table's, which a cgroup has to enforce; a model has no other. `cgroup` outlives this; its limit
  /// is set here.
  MemoryLimit(const subjects::Subject& subject, std::optional<std::uint64_t> of_table, measure::MemoryCgroup& cgroup);

  /// Throws SubjectError, not-run, where the table has a limit and no cgroup enforces it: only a cgroup counts what the
  /// subject's reads leave in the page cache.
  void expect_enforced() const;

  /// Where no cgroup enforces the limit, looks at these processes from now on: ten times per second, or less often if
  /// that would take more than half a percent of a CPU. Returns at once.
  void watch(std::function<std::vector<pid_t>()> processes);

  /// KiB; UINT64_MAX for none.
  std::uint64_t kib() const { return kib_; }

  /// What was killed and by how much it exceeded the limit, in one line; "" when nothing was.
  std::string violation() const;

  /// Enters it into the row of a subject that has gone on without what was killed, as the outcome `limit`.
  void note_violation(journal::Trial& row) const;

  /// The same error, or one of outcome `limit` that says more, if the limit was the cause.
  subjects::SubjectError explain(const subjects::SubjectError& end) const;

 private:
  std::uint64_t kib_ = UINT64_MAX;
  std::string source_;  ///< Where the limit comes from, in words.
  const measure::MemoryCgroup& cgroup_;
  bool enforced_by_cgroup_ = false;
  bool is_of_table_ = false;
  std::atomic<std::uint64_t> found_kib_{0};
  std::jthread watcher_;  ///< Last: it uses the others.
};

}  // namespace bakeoff::experiment
