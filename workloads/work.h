// CPU work with an answer that can be checked: a number of rounds, never "until the clock says so". A spin that watches
// the clock finishes on time even when it was preempted, which makes an oversubscribed model look free.
#pragma once

#include <cstdint>
#include <optional>

namespace bakeoff::workloads {

/// A value. Running it touches nothing else, so a model may run it on any thread.
struct Work {
  std::uint64_t rounds = 0;
  std::uint64_t seed = 0;
};

/// Runs the work to its end and returns its answer: `rounds` steps of splitmix64 (Steele, Lea, Flood, OOPSLA 2014)
/// folded into one number. Each step depends on the one before: the compiler can neither skip nor vectorise it.
/// Blocks the calling thread for one or two nanoseconds per round.
std::uint64_t run(const Work& work);

/// The same, but gives up when `is_cancelled` says so, which is asked about every millisecond or two; nullopt then.
/// Work that is shorter than that is always finished.
std::optional<std::uint64_t> run_cancellable(const Work& work, bool (*is_cancelled)());

}  // namespace bakeoff::workloads
