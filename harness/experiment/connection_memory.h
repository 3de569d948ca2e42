// What a connection costs a subject in memory: what it held when it was ready, and what it holds with all connections
// open.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/measure/memory_cgroup.h"

namespace bakeoff::experiment {

struct SubjectMemory {
  std::optional<std::uint64_t> pss_kib, kernel_kib;
};

/// As dear as measure_pss_kib().
SubjectMemory read_subject_memory(const std::vector<pid_t>& pids, const measure::MemoryCgroup& kernel);

/// Connections that are open at the end of a load, those beside it included; nullopt with churn, where none stays.
std::optional<std::uint64_t> connections_held(const journal::Params& params, const journal::ClientRow& client);

/// Sets the memory fields of the row. Pure. A connection's share is of the growth; where the units were
/// `made_beforehand` for the connections, one each, it is of everything, or a worker process would cost nothing for
/// having been there.
void note_memory(journal::SubjectRow& cost, const SubjectMemory& begin, const SubjectMemory& end,
                 std::optional<std::uint64_t> connections, bool made_beforehand);

}  // namespace bakeoff::experiment
