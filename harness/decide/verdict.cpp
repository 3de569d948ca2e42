#include "harness/decide/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/report/figures.h"

namespace bakeoff::decide {
namespace {

constexpr double kKibInMib = 1024;

std::optional<double> memory_mib(const journal::Trial& trial) {
  if (!trial.subject_cost || !trial.subject_cost->pss_end_kib) return std::nullopt;
  const std::uint64_t kernel = trial.subject_cost->kernel_end_kib.value_or(0);  // Verdict::kernel_memory tells.
  return static_cast<double>(*trial.subject_cost->pss_end_kib + kernel) / kKibInMib;
}

const report::Figure& server_figure(std::string_view key) {
  return *std::ranges::find(report::server_figures(), key, &report::Figure::key);
}

report::Figure latency_figure(const load::Slo& slo) {
  return {.key = "latency_us",
          .title = slo.figure + " us",
          .unit = "us",
          .metric = slo.metric,
          .extract = [value = slo.value](const journal::Trial& trial) -> std::optional<double> {
            if (!trial.client) return std::nullopt;
            const auto total = trial.client->latency_us.find("total");
            if (total == trial.client->latency_us.end() || total->second.count == 0) return std::nullopt;
            return total->second.*value;
          }};
}

std::vector<std::string> trials_of(const report::GridRow& row) {
  std::vector<std::string> ids;
  for (const journal::Trial* trial : row.trials) {
    if (trial != nullptr) ids.push_back(trial->trial_id);
  }
  return ids;
}

/// A figure in which candidates cost more or less.
struct Criterion {
  const char* name;
  const report::Figure* figure;
  bool more_is_better = false;
  double matters = 0;  ///< The least difference of medians that counts, in the figure's unit.
};

std::vector<Criterion> criteria_of(const Profile& profile) {
  const double cpu_us = static_cast<double>(std::max<std::uint64_t>(profile.cpus, 1)) * 1e6;
  std::vector<Criterion> criteria{
      {kCpuPerRequest, &server_figure("cpu_us_per_request"), false,
       profile.is_open() ? cpu_us / profile.rate_rps * kShareThatMatters : 0},
      {"memory", &memory_figure(), false, profile.memory_mib.value_or(0) * kShareThatMatters}};
  if (!profile.is_open()) criteria.push_back({"requests per second", &server_figure("throughput_rps"), true});
  return criteria;
}

/// How the first stands to the second in one figure.
struct Comparison {
  bool better = false, worse = false;
  std::optional<stats::Ratio> ratio{};
};

/// The level at which each of the comparisons is made, so that all hold together; 0 with too few blocks for that.
double level_for(std::size_t comparisons, std::size_t blocks) {
  const double level = stats::corrected_level(stats::kConfidenceLevel, std::max<std::size_t>(1, comparisons));
  return stats::pairs_needed(level) <= blocks ? level : 0;
}

class Judge {
 public:
  Judge(const report::Grid& grid, std::vector<Criterion> criteria, const std::vector<ExtrapolatedMemory>& memory,
        double level)
      : grid_(grid), criteria_(std::move(criteria)), memory_(memory), level_(level) {}

  /// Whether `other` costs less than `one` in some figure, and not more in any.
  std::optional<Domination> domination(const Assessment& one, const Assessment& other) const {
    std::optional<Domination> found;
    for (const Criterion& criterion : criteria_) {
      Comparison result = compare(criterion, one, other);
      if (result.better) return std::nullopt;
      if (result.worse && !found) found = Domination{other.subject, criterion.name, *result.ratio};
    }
    return found;
  }

  bool costs_more_cpu(const Assessment& one, const Assessment& other) const {
    return compare(criteria_.front(), one, other).worse;
  }

  std::optional<stats::Ratio> cpu_ratio(const Assessment& one, const Assessment& other) const {
    return stats::compare(values(criteria_.front(), one), values(criteria_.front(), other));
  }

  /// The first figure in which it is better; "" for none.
  std::string better_in(const Assessment& one, const Assessment& other) const {
    const auto found = std::ranges::find_if(
        criteria_, [&](const Criterion& criterion) { return compare(criterion, one, other).better; });
    return found == criteria_.end() ? "" : found->name;
  }

  /// Medians over all blocks hide what the pairs within a block show: where another of the Pareto set has the lower
  /// ratio, that one is the cheapest. Each is looked at once.
  const Assessment* cheapest_in_pairs(const std::vector<Assessment*>& keeping, const Assessment* cheapest) const {
    for (const Assessment* one : keeping) {
      if (one->standing != Standing::pareto || one == cheapest) continue;
      const auto ratio = cpu_ratio(*one, *cheapest);
      if (ratio && ratio->median < 1) cheapest = one;
    }
    return cheapest;
  }

 private:
  stats::Series values(const Criterion& criterion, const Assessment& one) const {
    const auto extrapolated = std::ranges::find(memory_, one.subject, &ExtrapolatedMemory::subject);
    if (criterion.figure == &memory_figure() && extrapolated != memory_.end()) return extrapolated->mib;
    return report::figure_series(*report::find_row(grid_, one.subject), *criterion.figure).valid;
  }

  Comparison compare(const Criterion& criterion, const Assessment& one, const Assessment& other) const {
    const stats::Series own = values(criterion, one), others = values(criterion, other);
    Comparison result{.ratio = stats::compare(own, others, level_ != 0 ? level_ : stats::kConfidenceLevel)};
    // With pairs that are void there may be too few for the corrected level: better an interval of this pair alone than
    // a tie that nothing supports.
    if (result.ratio && !result.ratio->interval) result.ratio = stats::compare(own, others);
    if (!result.ratio || !result.ratio->interval || result.ratio->tied()) return result;
    const double difference = std::abs(stats::summarize(own)->median - stats::summarize(others)->median);
    if (difference < criterion.matters) return result;
    const bool less = result.ratio->median < 1;
    (less != criterion.more_is_better ? result.better : result.worse) = true;
    return result;
  }

  const report::Grid& grid_;
  std::vector<Criterion> criteria_;
  const std::vector<ExtrapolatedMemory>& memory_;
  double level_;
};

bool cheaper(const Assessment& one, const Assessment& other) {
  const double last = std::numeric_limits<double>::infinity();
  return one.cpu_us.median.value_or(last) < other.cpu_us.median.value_or(last);
}

bool has_costs(const Assessment& one) {
  return one.cpu_us.interval && one.memory_mib.interval;
}

std::vector<Assessment*> find_pareto_set(Verdict& verdict, const Judge& judge) {
  std::vector<Assessment*> keeping;
  for (Assessment& one : verdict.assessments) {
    one.standing = one.keeps == Answer::no ? Standing::misses : Standing::unknown;
    if (one.keeps == Answer::yes && has_costs(one)) keeping.push_back(&one);
  }
  for (Assessment* one : keeping) {
    one->standing = Standing::pareto;
    for (const Assessment* other : keeping) {
      if (other == one || one->dominated) continue;
      one->dominated = judge.domination(*one, *other);
      if (one->dominated) one->standing = Standing::dominated;
    }
  }
  // What is not told apart makes no order: three may dominate each other in a circle, and then nobody is beaten.
  if (std::ranges::none_of(keeping, [](const Assessment* one) { return one->standing == Standing::pareto; })) {
    for (Assessment* one : keeping) {
      one->standing = Standing::pareto;
      one->dominated.reset();
    }
  }
  return keeping;
}

void judge_costs(Verdict& verdict, const Judge& judge) {
  const std::vector<Assessment*> keeping = find_pareto_set(verdict, judge);
  if (keeping.empty()) return;
  const Assessment* cheapest = nullptr;
  for (const Assessment* one : keeping) {
    if (one->standing == Standing::pareto && (cheapest == nullptr || cheaper(*one, *cheapest))) cheapest = one;
  }
  cheapest = judge.cheapest_in_pairs(keeping, cheapest);
  verdict.cheapest = cheapest->subject;
  for (Assessment* one : keeping) {
    if (one->standing != Standing::pareto) continue;
    if (judge.costs_more_cpu(*one, *cheapest)) {
      one->better_in = judge.better_in(*one, *cheapest);
    } else {
      one->standing = Standing::choice;
    }
  }
  for (Assessment& one : verdict.assessments) {
    if (&one != cheapest) one.to_cheapest = judge.cpu_ratio(one, *cheapest);
  }
}

Assessment assess_row(const report::GridRow& row, const Profile& profile,
                      const std::vector<ExtrapolatedMemory>& memory) {
  const load::Slo slo = limit_of(profile);
  Assessment one{.subject = row.subject,
                 .limits = {},
                 .latency_us = estimate_of(report::figure_series(row, latency_figure(slo))),
                 .memory_mib = estimate_of(report::figure_series(row, memory_figure())),
                 .cpu_us = estimate_of(report::figure_series(row, server_figure("cpu_us_per_request"))),
                 .throughput_rps = estimate_of(report::figure_series(row, server_figure("throughput_rps"))),
                 .trials = trials_of(row)};
  const auto extrapolated = std::ranges::find(memory, row.subject, &ExtrapolatedMemory::subject);
  if (extrapolated != memory.end()) {
    one.memory_mib = estimate_of(report::FigureSeries{.valid = extrapolated->mib, .struck = {}, .reason = ""});
    one.memory_mib.extrapolated = true;
  }
  const KeptInBlocks kept = kept_in_blocks(row, profile, one.latency_us);
  one.keeps = kept.together;
  one.limits.push_back(kept.answered);
  if (kept.latency) one.limits.push_back(*kept.latency);
  if (profile.memory_mib) {
    one.limits.push_back(kept_below("memory", one.memory_mib, *profile.memory_mib, "MiB"));
    one.keeps = both(one.keeps, one.limits.back().kept);
  }
  return one;
}

bool has_kernel_memory(std::span<const journal::Trial* const> trials) {
  return std::ranges::all_of(trials, [](const journal::Trial* trial) {
    return !trial->subject_cost || !trial->subject_cost->pss_end_kib || trial->subject_cost->kernel_end_kib;
  });
}

}  // namespace

std::vector<std::string> Verdict::with(Standing standing) const {
  std::vector<std::string> names;
  for (const Assessment& one : assessments) {
    if (one.standing == standing) names.push_back(one.subject);
  }
  return names;
}

std::vector<std::string> Verdict::pareto() const {
  std::vector<std::string> names = with(Standing::choice);
  const std::vector<std::string> others = with(Standing::pareto);
  names.insert(names.end(), others.begin(), others.end());
  return names;
}

const Assessment* Verdict::find(std::string_view subject) const {
  const auto found = std::ranges::find(assessments, subject, &Assessment::subject);
  return found == assessments.end() ? nullptr : &*found;
}

const report::Figure& memory_figure() {
  static const report::Figure figure{
      .key = "memory_mib", .title = "memory MiB", .unit = "MiB", .metric = "", .extract = memory_mib};
  return figure;
}

std::vector<std::string> missed_limits(const Assessment& one) {
  std::vector<std::string> missed;
  for (const LimitAnswer& limit : one.limits) {
    if (limit.kept == Answer::no) missed.push_back(limit.words);
  }
  if (!missed.empty() || one.keeps != Answer::no) return missed;
  for (const LimitAnswer& limit : one.limits) {  // No limit alone in the middle block, but one or the other.
    if (limit.fails != 0) missed.push_back(fmt::format("{} in {} of {} blocks", limit.name, limit.fails, limit.blocks));
  }
  return missed;
}

Verdict assess(std::span<const journal::Trial> rows, const std::string& table, const Profile& profile,
               const std::vector<ExtrapolatedMemory>& memory) {
  const std::vector<const journal::Trial*> trials = report::trials_of_table(rows, table);
  const report::Grid grid = report::make_grid(trials, {});
  Verdict verdict{.assessments = {}, .blocks = grid.blocks.size(), .kernel_memory = has_kernel_memory(trials)};
  for (const report::GridRow& row : grid.rows) verdict.assessments.push_back(assess_row(row, profile, memory));
  const std::vector<Criterion> criteria = criteria_of(profile);
  const auto keeping = static_cast<std::size_t>(std::ranges::count_if(
      verdict.assessments, [](const Assessment& one) { return one.keeps == Answer::yes && has_costs(one); }));
  verdict.comparisons = keeping < 2 ? 0 : keeping * (keeping - 1) / 2 * criteria.size();
  verdict.level = level_for(verdict.comparisons, verdict.blocks);
  judge_costs(verdict, Judge(grid, criteria, memory, verdict.level));
  std::ranges::stable_sort(verdict.assessments, [](const Assessment& one, const Assessment& other) {
    return one.standing != other.standing ? one.standing < other.standing : cheaper(one, other);
  });
  return verdict;
}

}  // namespace bakeoff::decide
