// The verdict over one table: which candidates keep every limit of the profile, and which of those nobody beats.
//
// Limits come first. A candidate that misses one is out, whatever it costs. Among those that keep all, one is dominated
// where another costs less in one figure and not more in any: CPU time per request, memory, and without a rate also
// requests per second. What is left is the Pareto set; the cheapest of it in CPU time, and those that cannot be told
// from it, are the choice. Two candidates differ in a figure where the paired interval of their ratio excludes 1 at the
// level that all comparisons of the table hold together, and the difference is at least kShareThatMatters of what the
// service has: of its memory limit, and of its CPUs' time. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/decide/estimate.h"
#include "harness/decide/profile.h"
#include "harness/journal/trial.h"

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
  unknown,    ///< Whether it keeps a limit was not decided.
  misses,     ///< Misses a limit.
};

/// A limit of the profile, and how a candidate stands to it.
struct LimitAnswer {
  std::string name;  ///< "p99", "memory", "rate and errors".
  Answer kept = Answer::unknown;
  std::string words{};           ///< "p99 35.4 [33.1, 38.0] ms, 1.77 times the limit"
  std::optional<double> over{};  ///< The figure over the limit, where there is one.
};

/// What dominates a candidate.
struct Domination {
  std::string by;      ///< The other candidate.
  std::string figure;  ///< kCpuPerRequest, "memory", "requests per second".
  stats::Ratio ratio;  ///< This candidate's over the other's.
};

struct Assessment {
  std::string subject;
  Standing standing = Standing::unknown;
  std::vector<LimitAnswer> limits;
  Estimate latency_us;  ///< The figure of the limit, or the p99.
  Estimate memory_mib, cpu_us, throughput_rps;
  std::optional<Domination> dominated{};
  std::optional<stats::Ratio> to_cheapest{};  ///< CPU per request over that of the cheapest; absent for itself.
  std::string broke{};                        ///< What its worst block had: "p99 35 ms, 12 errors"; "" where it passed.
  std::vector<std::string> trials;            ///< The trial_id of each row that counts.

  Answer keeps() const;
};

struct Verdict {
  std::string table;
  std::vector<Assessment> assessments;  ///< By standing, then by CPU time per request.
  std::string cheapest{};               ///< Of those that keep the limits, to which ratios are; "" where none does.
  std::size_t blocks = 0;
  std::size_t comparisons = 0;  ///< That hold together
  double level = 0;             ///< with 95 %, each at this level; 0 where the blocks do not support it.

  std::vector<std::string> with(Standing standing) const;
  /// The choice and the rest of the Pareto set.
  std::vector<std::string> pareto() const;
  const Assessment* find(std::string_view subject) const;
};

/// PSS of the process tree and what the kernel holds for it, in MiB.
const report::Figure& memory_figure();

/// `rows` are of one phase; those of other tables are left out. `profile` is as the table has it. Where the profile of
/// the whole decision has more connections than the table, `memory` says what the candidates need at these.
struct ExtrapolatedMemory {
  std::string subject;
  Estimate mib;
};
Verdict assess(std::span<const journal::Trial> rows, const std::string& table, const Profile& profile,
               const std::vector<ExtrapolatedMemory>& memory = {});

}  // namespace bakeoff::decide
