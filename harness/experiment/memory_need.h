// Whether a trial fits into the available memory, by what earlier trials of the same subject have measured. A trial
// that does not fit is not started, because the kernel would kill some process of its own choice. Pure.
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
  std::string what;  ///< "units" if they were asked for or there is one per connection; otherwise "connections".
};
UnitCount unit_count(const subjects::Subject& subject, const journal::Params& params);

/// The PSS that each unit of a measured trial had for itself, in KiB. What processes share is known from their RSS,
/// which counts it in each of them. For a single process it is unknown, so one with few units says nothing. nullopt
/// then, and if something was not measured.
std::optional<double> pss_per_unit_kib(const journal::SubjectRow& cost, std::uint64_t units);

/// Whether two rows have the same subject, workload and request.
bool same_work(const journal::Trial& one, const journal::Trial& other);

/// "" when the trial fits, and when no earlier row has the same work, so that nothing is known. Otherwise the
/// arithmetic: "10000 units x 5.3 MiB measured = 52 GiB, 22 GiB available".
std::string why_it_does_not_fit(const journal::Trial& next, const subjects::Subject& subject,
                                std::span<const journal::Trial> earlier, std::uint64_t available_kib);

}  // namespace bakeoff::experiment
