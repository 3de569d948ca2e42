// What a connection costs a subject in memory: the difference between what the subject held when it was ready and what
// it holds with all connections open.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/measure/memory_cgroup.h"
#include "harness/measure/tree_memory.h"

namespace bakeoff::experiment {

struct SubjectMemory {
  std::optional<measure::TreeMemory> own;
  std::optional<std::uint64_t> kernel_kib;
};

/// Costs as much as measure_memory().
SubjectMemory read_subject_memory(const std::vector<pid_t>& pids, const measure::MemoryCgroup& kernel);

/// The connections that are open at the end of a load, including those beside it; nullopt with churn, where none stays.
std::optional<std::uint64_t> connections_held(const journal::Params& params, const journal::ClientRow& client);

/// Sets pss_begin_kib to kernel_per_connection_kib of the row. Pure. The growth is divided among the connections. Where
/// each connection has a unit that was `made_beforehand`, everything is divided: otherwise a worker process would cost
/// nothing because it was there before.
void note_memory(journal::SubjectRow& cost, const SubjectMemory& begin, const SubjectMemory& end,
                 std::optional<std::uint64_t> connections, bool made_beforehand);

/// Sets pss_after_kib and kernel_after_kib.
void note_memory_after(journal::SubjectRow& cost, const SubjectMemory& after);

}  // namespace bakeoff::experiment
