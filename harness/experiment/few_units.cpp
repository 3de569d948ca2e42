#include "harness/experiment/few_units.h"

#include <algorithm>

#include "harness/experiment/memory_need.h"
#include "harness/experiment/scratch_folder.h"
#include "harness/experiment/served_subject.h"
#include "harness/measure/process_tree.h"

namespace bakeoff {
namespace {

constexpr std::uint64_t kMany = 1000;
constexpr std::uint64_t kFew = 64;  ///< Enough for pss_a_unit_kib() even where they are threads.

bool told(const Trial& next, const Subject& subject, std::span<const Trial> earlier) {
  return std::any_of(earlier.begin(), earlier.end(), [&](const Trial& row) {
    return row.subject_cost && same_work(row, next) &&
           pss_a_unit_kib(*row.subject_cost, unit_count(subject, row.params).count);
  });
}

}  // namespace

std::optional<Trial> try_few_units(const Trial& next, const Subject& subject, std::span<const Trial> earlier,
                                   const std::vector<std::filesystem::path>& join) {
  const bool chosen = subject.holds_connection && !subject.units && !next.params.units;
  if (!chosen || unit_count(subject, next.params).count < kMany || told(next, subject, earlier)) return std::nullopt;
  Trial few = next;
  few.params = {};
  few.params.connections = kFew;
  few.params.message_bytes = next.params.message_bytes;
  few.params.request = next.params.request;
  const ScratchFolder folder;
  ServedSubject served(few, subject, folder.path(), join);
  const std::vector<pid_t> pids = descendants(served.server().pid());
  const TreeSize size = measure_size(pids);
  SubjectRow cost;
  cost.pss_end_kib = measure_pss_kib(pids);
  cost.rss_end_kib = size.rss_kib;
  cost.processes_peak = size.processes;
  few.subject_cost = cost;
  served.stop(few);
  return few;
}

}  // namespace bakeoff
