// For jobs in which each unit has one right answer: how answers are checked, added up and reported.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/jobs/job.h"

namespace bakeoff::workloads::jobs {

/// "" when both are the same; otherwise one line about the first unit that is wrong.
std::string first_wrong(std::string_view job, std::span<const std::uint64_t> expected,
                        std::span<const std::uint64_t> answers);

/// The answers as one number, whichever unit gave which part: their sum modulo 2^64.
std::uint64_t sum_of(std::span<const std::uint64_t> answers);

/// "elapsed_ms" and "cpu_ms" of the units alone. For jobs whose making or checking takes CPU time as well: figures of
/// the whole process include that.
std::vector<NamedFigure> time_and_cpu(const CompletedRun& ran);

/// "elapsed_ms" alone: what CPU the units of others took beside the rest of their program is not known.
std::vector<NamedFigure> time_of(const ReportedRun& ran);

/// How many of `total` pieces of work unit `index` of `units` does. Where the work does not divide evenly, the first
/// units do one piece more.
constexpr std::uint64_t share_of(std::uint64_t total, std::uint64_t index, std::uint64_t units) {
  return total / units + (index < total % units ? 1 : 0);
}

}  // namespace bakeoff::workloads::jobs
