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

std::string why_excluded(const Profile& profile, const std::string& name, const subjects::Inventory& inventory) {
  const subjects::Subject subject = subjects::make_variant(inventory, name);
  const experiment::TableSpec table = table_with_requests(profile);
  if (std::string why = experiment::why_not_answered(table, name, inventory); !why.empty()) return why;
  if (std::string why = subjects::why_not_there(subject); !why.empty()) return why;
  const bool processes = serves_in_processes(subject, inventory);
  if (profile.isolation && !processes) {
    return "no isolation: its connections share a process, which ends for all of them";
  }
  if (profile.shared_state && processes) {
    return "no shared state: its processes share no objects, only what they keep in shared memory or elsewhere";
  }
  return "";
}

}  // namespace

bool serves_in_processes(const subjects::Subject& subject, const subjects::Inventory& inventory) {
  if (!subject.foreign) return subject.sharing == "processes";
  const subjects::Subject* twin = inventory.find(subject.twin());
  return twin != nullptr && twin->sharing == "processes";
}

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
