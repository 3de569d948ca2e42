#include "harness/decide/candidates.h"

#include <fmt/format.h>

#include "harness/experiment/table_subjects.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/variant.h"

namespace bakeoff::decide {
namespace {

/// A table with the requests of the profile, which decides who answers them.
experiment::TableSpec table_with_requests(const Profile& profile) {
  experiment::TableSpec table;
  table.work = workload_of(profile.mix);
  table.load.request = request_of(profile.mix, profile.rounds_per_ms.value_or(1));
  return table;
}

/// A model itself, and of a program of somebody else its twin.
subjects::Subject model_of(const subjects::Subject& subject, const subjects::Inventory& inventory) {
  return subject.foreign && !subject.twin().empty() ? subjects::make_variant(inventory, subject.twin()) : subject;
}

/// Each connection has a process of its own.
bool isolates_connections(const subjects::Subject& subject) {
  return subject.unit == "process" && subject.holds_connection && subject.max_units > 1;
}

bool has_several_processes(const subjects::Subject& subject) {
  const auto by = subject.set.find("by");
  return subject.sharing == "processes" && !(by != subject.set.end() && by->second == "threads");
}

std::string why_excluded(const Profile& profile, const std::string& name, const subjects::Inventory& inventory) {
  const subjects::Subject subject = subjects::make_variant(inventory, name);
  const experiment::TableSpec table = table_with_requests(profile);
  if (std::string why = experiment::why_not_answered(table, name, inventory); !why.empty()) return why;
  if (std::string why = subjects::why_not_there(subject); !why.empty()) return why;
  const subjects::Subject served_as = model_of(subject, inventory);
  if (profile.isolation && !isolates_connections(served_as)) {
    return "no isolation: its connections share processes, and one that dies takes all of its connections along";
  }
  if (profile.shared_state && has_several_processes(served_as)) {
    return "no shared state: its processes share no objects, only what they keep in shared memory or elsewhere";
  }
  return "";
}

}  // namespace

CandidateList choose_candidates(const Profile& profile, const std::vector<std::string>& names,
                                const subjects::Inventory& inventory) {
  CandidateList list;
  for (const std::string& name : names) {
    if (std::string why = why_excluded(profile, name, inventory); !why.empty()) {
      list.excluded.push_back({name, std::move(why)});
    } else {
      list.measured.push_back(name);
    }
  }
  return list;
}

}  // namespace bakeoff::decide
