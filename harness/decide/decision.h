// All that was measured for a profile, put together: what the table of verdicts, the record and the confirmation are
// written from. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/decide/candidates.h"
#include "harness/decide/confirmation.h"
#include "harness/decide/drift.h"
#include "harness/decide/expectation.h"
#include "harness/decide/memory_line.h"
#include "harness/decide/sensitivity.h"
#include "harness/decide/traffic.h"
#include "harness/decide/verdict.h"

namespace bakeoff::decide {

/// What a candidate does before it is steady, and while it is; of programs of language runtimes.
struct RuntimeCaveat {
  std::string subject;
  std::string words;  ///< "ready after 210 ms; first requests p99 34 ms; longest pause 8 ms"
};

/// What of a subject stands in a record whatever was measured.
struct CandidateFacts {
  std::string subject;
  std::string like, price, breaks_under, differs;
};

struct Decision {
  Profile profile;
  std::uint64_t cpus = 0;  ///< That the service had here.
  CandidateList candidates{};
  Phase asked{};
  Verdict verdict{};
  std::optional<double> memory_bend{};  ///< The worst of the candidates', where memory was extrapolated.
  std::vector<RuntimeCaveat> caveats{};
  std::vector<CandidateFacts> facts{};
  std::vector<Headroom> headroom{};
  std::vector<Sensitivity> sensitivities{};
  std::vector<Drift> drifts{};                 ///< Of each later phase.
  std::vector<std::string> compared_around{};  ///< The candidates of the phases behind `asked`.
  std::vector<std::string> left_out{};         ///< Phases that were not measured, and what they would say.
  std::optional<Confirmation> confirmation{};  ///< Where one was asked for.
  std::vector<Expected> expected{};            ///< Likewise.
};

/// The verdict over the asked phase; where the profile has more connections than its tables, with the memory that they
/// would take.
void judge_asked(Decision& decision, std::span<const journal::Trial> rows);

/// In sentences: who is chosen and by how much, or that nobody is, what is missed and by how much.
std::vector<std::string> outcome_sentences(const Decision& decision);

/// How far a candidate's CPU time goes in the profile: "34.0 [31.0, 38.0] % of 1 CPU"; "" without a rate.
std::string cpu_share_in_words(const Decision& decision, const Assessment& one);

/// Candidates whose highest rate and sensitivity are worth measuring: the Pareto set, and the cheapest others that keep
/// the limits, up to `most`.
std::vector<std::string> candidates_of_interest(const Verdict& verdict, std::size_t most);

}  // namespace bakeoff::decide
