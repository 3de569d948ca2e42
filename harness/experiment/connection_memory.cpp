#include "harness/experiment/connection_memory.h"

#include <algorithm>

#include "harness/measure/tree_memory.h"

namespace bakeoff::experiment {
namespace {

using Kib = std::optional<std::uint64_t>;

Kib pss_of(const SubjectMemory& memory) {
  return memory.own ? Kib(memory.own->pss_kib) : std::nullopt;
}

/// Memory that was freed in the meantime is not a negative price.
std::optional<double> share(Kib begin, Kib end, std::uint64_t connections, bool made_beforehand) {
  if (!end || (!begin && !made_beforehand)) return std::nullopt;
  const std::uint64_t from = made_beforehand ? 0 : std::min(*begin, *end);
  return static_cast<double>(*end - from) / static_cast<double>(connections);
}

}  // namespace

SubjectMemory read_subject_memory(const std::vector<pid_t>& pids, const measure::MemoryCgroup& kernel) {
  return {.own = measure::measure_memory(pids), .kernel_kib = kernel.kernel_kib()};
}

std::optional<std::uint64_t> connections_held(const journal::Params& params, const journal::ClientRow& client) {
  if (params.load.connections_come_and_go()) return std::nullopt;
  const journal::CrowdFacts crowd = client.crowd.value_or(journal::CrowdFacts{});
  const std::uint64_t opened = crowd.idle + crowd.slow_senders + crowd.slow_readers;
  return client.connections_open + opened - std::min(opened, crowd.lost);
}

void note_memory(journal::SubjectRow& cost, const SubjectMemory& begin, const SubjectMemory& end,
                 std::optional<std::uint64_t> connections, bool made_beforehand) {
  const Kib pss_begin = pss_of(begin), pss_end = pss_of(end);
  cost.pss_begin_kib = pss_begin;
  cost.pss_end_kib = pss_end;
  if (end.own) cost.pss_file_kib = end.own->file_kib;
  cost.kernel_begin_kib = begin.kernel_kib;
  cost.kernel_end_kib = end.kernel_kib;
  if (connections.value_or(0) == 0) return;
  cost.pss_per_connection_kib = share(pss_begin, pss_end, *connections, made_beforehand);
  cost.kernel_per_connection_kib = share(begin.kernel_kib, end.kernel_kib, *connections, made_beforehand);
}

void note_memory_after(journal::SubjectRow& cost, const SubjectMemory& after) {
  cost.pss_after_kib = pss_of(after);
  cost.kernel_after_kib = after.kernel_kib;
}

}  // namespace bakeoff::experiment
