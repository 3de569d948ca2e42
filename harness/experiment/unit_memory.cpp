#include "harness/experiment/unit_memory.h"

#include <algorithm>

#include "harness/experiment/memory_need.h"
#include "harness/experiment/served_subject.h"
#include "harness/measure/process_tree.h"
#include "harness/measure/tree_memory.h"
#include "harness/subjects/scratch_folder.h"

namespace bakeoff::experiment {
namespace {

constexpr std::uint64_t kMany = 1000;
constexpr std::uint64_t kFew = 64;  ///< Enough for pss_per_unit_kib() even where they are threads.

bool unit_memory_is_known(const journal::Trial& next, const subjects::Subject& subject,
                          std::span<const journal::Trial> earlier) {
  return std::any_of(earlier.begin(), earlier.end(), [&](const journal::Trial& row) {
    return row.subject_cost && same_work(row, next) &&
           pss_per_unit_kib(*row.subject_cost, unit_count(subject, row.params).count);
  });
}

}  // namespace

std::optional<journal::Trial> measure_unit_memory(const journal::Trial& next, const subjects::Subject& subject,
                                                  std::span<const journal::Trial> earlier, const ServeSite& site) {
  const bool chosen = subject.holds_connection && !subject.units && !next.params.units;
  if (!chosen || unit_count(subject, next.params).count < kMany || unit_memory_is_known(next, subject, earlier))
    return std::nullopt;
  journal::Trial few = next;
  few.params = {};
  few.params.load.connections = kFew;
  few.params.load.message_bytes = next.params.load.message_bytes;
  few.params.load.request = next.params.load.request;
  const subjects::ScratchFolder folder;
  const auto served = start_subject(few, subject, {.folder = folder.path(), .join = site.join, .with = site.with});
  const std::vector<pid_t> pids = measure::descendants(served->server().pid());
  const measure::TreeSize size = measure::measure_size(pids);
  journal::SubjectRow cost;
  if (const auto memory = measure::measure_memory(pids)) {
    cost.pss_end_kib = memory->pss_kib;
    cost.pss_file_kib = memory->file_kib;
  }
  cost.rss_end_kib = size.rss_kib;
  cost.processes_peak = size.processes;
  few.subject_cost = cost;
  served->stop(few);
  return few;
}

}  // namespace bakeoff::experiment
