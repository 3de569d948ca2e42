// The verdict over one table: which candidates keep every limit of the profile, and which of those nobody beats.
//
// Limits come first. A candidate that misses one is out, whatever it costs. Among those that keep all, one is dominated
// where another costs less in one figure and not more in any: CPU time per request, memory, and without a rate also
// requests per second. What is left is the Pareto set; the cheapest of it in CPU time, and those that cannot be told
// from that one, are the choice. Two candidates differ in a figure where the paired interval of their ratio excludes 1
// at the level that all comparisons of the table hold together (at 95 % each where the blocks are too few for that),
// and where the end of the interval that is nearer to 1 is still a difference of kShareThatMatters of what the service
// has: of its memory limit, and of its CPUs' time.
// A candidate whose costs are void or known from too few blocks takes no part. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/decide/kept_limits.h"
#include "harness/decide/profile.h"
#include "harness/journal/trial.h"
#include "harness/report/estimate.h"

namespace bakeoff::decide {

/// A difference that is a smaller share of what the service has decides nothing: of the memory limit, and, where
/// requests have a rate, of the time of the CPUs that the profile names (of one where it names none). Without either,
/// any difference counts.
inline constexpr double kShareThatMatters = 0.01;

/// Domination::figure of the leading cost.
inline constexpr const char* kCpuPerRequest = "CPU time per request";

/// By the result of a comparison, from best to worst.
enum class Standing : std::uint8_t {
  choice,     ///< In the Pareto set, and the cheapest in CPU time or not told from it.
  pareto,     ///< In the Pareto set.
  dominated,  ///< Keeps the limits; another costs less.
  unknown,    ///< Whether it keeps a limit, or what it costs, was not decided.
  misses,     ///< Misses a limit.
};

/// What dominates a candidate.
struct Domination {
  std::string by;      ///< The other candidate.
  std::string figure;  ///< kCpuPerRequest, "memory", "requests per second".
  stats::Ratio ratio;  ///< This candidate's over the other's.
  /// Of a domination by memory: with a limit above it the difference decides nothing.
  std::optional<double> up_to_mib{};
};

struct Assessment {
  std::string subject;
  Standing standing = Standing::unknown;
  std::vector<LimitAnswer> limits;
  Answer keeps = Answer::unknown;  ///< All limits.
  Estimate latency_us;             ///< The figure of the limit, or the p99.
  Estimate memory_mib, cpu_us, throughput_rps;
  Estimate busy;                             ///< Of the CPU time that it could have had, as a share.
  std::uint64_t threads = 0, processes = 0;  ///< The most that it had in any block; 0 where nobody counted.
  std::optional<Domination> dominated{};
  /// CPU per request over that of the cheapest, as the verdict uses it: its interval is at Verdict::level. Absent for
  /// the cheapest itself.
  std::optional<stats::Ratio> to_cheapest{};
  std::string better_in{};            ///< Of one in the Pareto set that costs more CPU time: in what it is better.
  std::vector<std::string> trials{};  ///< The trial_id of each row that counts.
};

struct Verdict {
  std::vector<Assessment> assessments;  ///< By standing, then by CPU time per request.
  std::string cheapest{};               ///< Of those that keep the limits, to which ratios are; "" where none does.
  std::size_t blocks = 0;
  std::size_t comparisons = 0;  ///< That hold together
  double level = 0;             ///< with 95 %, each at this level; 0 where the blocks do not support it.
  /// The least true difference in CPU time of two candidates that keep the limits, as a share, that these blocks would
  /// tell apart nine times out of ten (stats/precision.h).
  std::optional<double> detectable{};
  bool kernel_memory = true;  ///< Whether memory has what the kernel holds; not where no cgroup tells.

  std::vector<std::string> with(Standing standing) const;
  /// The choice and the rest of the Pareto set.
  std::vector<std::string> pareto() const;
  /// nullptr for a subject without rows.
  const Assessment* find(std::string_view subject) const;
};

/// What a candidate needs at more connections than the table has, block by block (memory_line.h).
struct ExtrapolatedMemory {
  std::string subject;
  stats::Series mib;
};

/// `rows` are of one phase; those of other tables are left out. `profile` is as the table has it. Where the profile of
/// the whole decision has more connections than the table, `memory` takes the place of what was measured.
Verdict assess(std::span<const journal::Trial> rows, const std::string& table, const Profile& profile,
               const std::vector<ExtrapolatedMemory>& memory = {});

/// The limits that a candidate misses, in words: "p99 35.4 [33.1, 38.0] ms, 1.77 times the limit".
std::vector<std::string> missed_limits(const Assessment& one);

/// ", with 41.0 [39.0, 43.0] % of its CPU time used"; "" where that is not known.
std::string busy_in_words(const Assessment& one);

/// Who dominates it, and in what: "it has 1.17 [1.01, 1.37] times the CPU time per request of coroutines".
std::string in_words(const Domination& of);

}  // namespace bakeoff::decide
