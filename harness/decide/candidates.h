// Who can take part in a decision, and why the others cannot. Nothing is measured here; programs that are missing are
// looked for. Pure but for that.
#pragma once

#include <string>
#include <vector>

#include "harness/decide/profile.h"
#include "harness/subjects/subject.h"

namespace bakeoff::decide {

/// Someone who was asked for and is not measured.
struct ExcludedCandidate {
  std::string name;
  std::string why;  ///< "it serves http (/, /id/{k}) only"
};

struct CandidateList {
  std::vector<std::string> measured;  ///< In the order in which they were asked for.
  std::vector<ExcludedCandidate> excluded;
};

/// `names` are subjects of the inventory, variants included. A request that a subject does not answer, a program that
/// is missing, isolation and shared state exclude a candidate. A program of somebody else isolates and shares as its
/// twin does.
CandidateList choose_candidates(const Profile& profile, const std::vector<std::string>& names,
                                const subjects::Inventory& inventory);

}  // namespace bakeoff::decide
