// A subject under all checks of a workload: started as a trial starts it, talked to, and stopped with nothing left
// behind.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "harness/conform/checks.h"
#include "harness/journal/trial.h"
#include "harness/subjects/subject.h"

namespace bakeoff::conform {

struct ConformedSubject {
  std::string not_started{};                       ///< Why it could not be tried at all; "" when it was.
  ConformResult result{};                          ///< Being started and stopped is a check as well.
  std::optional<journal::RuntimeFacts> runtime{};  ///< What it has said of itself.
};

/// `subject` is prepared. `connections` at once, in the check of a crowd; without, 1000 or, where each takes a unit of
/// its own, as many as fit into half of the memory that the subject may have. `tell` gets lines for the user. Blocks
/// for some seconds. Throws Interrupted.
ConformedSubject conform_subject(const subjects::Subject& subject, const std::string& workload,
                                 std::optional<std::uint64_t> connections, const std::atomic<bool>& stop,
                                 const std::function<void(const std::string&)>& tell);

}  // namespace bakeoff::conform
