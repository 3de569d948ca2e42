#include "harness/decide/drift.h"

#include <fmt/format.h>

namespace bakeoff::decide {

std::optional<Drift> drift_of(std::span<const journal::Trial> rows, const Phase& phase, const Verdict& decided,
                              const Profile& profile) {
  const Assessment* before = decided.find(phase.control);
  const Verdict there = assess(rows, kUnchangedTable, profile);
  const Assessment* after = there.find(phase.control);
  if (before == nullptr || after == nullptr) return std::nullopt;
  return Drift{phase.name, phase.control, before->cpu_us, after->cpu_us};
}

std::string in_words(const Drift& drift) {
  std::string text =
      fmt::format("In {} the profile itself, measured again with {}, took {} of CPU time per request, after {} in {}",
                  drift.phase, drift.subject, in_words(drift.after, "us"), in_words(drift.before, "us"), kAskedPhase);
  if (drift.before.interval && drift.after.interval && drift.before.median && drift.after.median) {
    const bool apart = drift.after.interval->low > drift.before.interval->high ||
                       drift.after.interval->high < drift.before.interval->low;
    text += apart ? fmt::format(
                        ": the machine had changed by {:+.0f} %, and so much of what differs between the phases "
                        "is not the profile's",
                        (*drift.after.median / *drift.before.median - 1) * 100)
                  : ": the machine was not seen to have changed";
  }
  return text + ".";
}

}  // namespace bakeoff::decide
