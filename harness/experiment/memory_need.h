// Whether a trial fits into the memory that is there, by what earlier trials of the same subject have measured: one
// that does not is not started, since the kernel would end whatever it likes. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "harness/journal/trial.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// What a trial multiplies.
struct UnitCount {
  std::uint64_t count = 0;
  std::string what;  ///< "units": those asked for, or one for each connection; otherwise "connections".
};
UnitCount unit_count(const subjects::Subject& subject, const journal::Params& params);

/// PSS that each unit of a measured trial had for itself, KiB. What processes share is told from their RSS, which
/// counts it in each of them; of a single process it cannot be told, so that one with few units says nothing. nullopt
/// then, and where something was not measured.
std::optional<double> pss_per_unit_kib(const journal::SubjectRow& cost, std::uint64_t units);

/// Whether two rows are of one subject, workload and request.
bool same_work(const journal::Trial& one, const journal::Trial& other);

/// "" when the trial fits, or when nothing is known: no earlier row is of the same work.
/// Otherwise the arithmetic: "10000 units x 5.3 MiB measured = 52 GiB, 22 GiB available".
std::string why_it_does_not_fit(const journal::Trial& next, const subjects::Subject& subject, std::span<const journal::Trial> earlier,
                         std::uint64_t available_kib);

}  // namespace bakeoff::experiment
