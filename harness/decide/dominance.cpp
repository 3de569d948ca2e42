#include "harness/decide/dominance.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/decide/cost_figures.h"
#include "harness/stats/precision.h"

namespace bakeoff::decide {
namespace {

/// A figure in which candidates cost more or less.
struct Criterion {
  const char* name;
  const report::Figure* figure;
  bool more_is_better = false;
  double matters = 0;  ///< The least difference that counts, in the figure's unit.
};

std::vector<Criterion> criteria_of(const Profile& profile) {
  const double cpu_us = static_cast<double>(std::max<std::uint64_t>(profile.cpus, 1)) * 1e6;
  std::vector<Criterion> criteria{
      {kCpuPerRequest, &cpu_figure(), false, profile.is_open() ? cpu_us / profile.rate_rps * kShareThatMatters : 0},
      {"memory", &memory_figure(), false, profile.memory_mib.value_or(0) * kShareThatMatters}};
  if (!profile.is_open()) criteria.push_back({"requests per second", &throughput_figure(), true});
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
      if (!result.worse || found) continue;
      found = Domination{other.subject, criterion.name, *result.ratio};
      if (criterion.figure == &memory_figure() && criterion.matters > 0) {
        found->up_to_mib = shown_difference(*result.ratio, values(criterion, other)) / kShareThatMatters;
      }
    }
    return found;
  }

  bool costs_more_cpu(const Assessment& one, const Assessment& other) const {
    return compare(criteria_.front(), one, other).worse;
  }

  std::optional<stats::Ratio> cpu_ratio(const Assessment& one, const Assessment& other) const {
    return compare(criteria_.front(), one, other).ratio;
  }

  std::optional<double> detectable(const std::vector<Assessment*>& keeping, const Assessment& cheapest,
                                   std::size_t blocks) const {
    std::vector<std::vector<double>> log_ratios;
    for (const Assessment* one : keeping) {
      if (one == &cheapest) continue;
      log_ratios.push_back(
          stats::paired_log_ratios(values(criteria_.front(), *one), values(criteria_.front(), cheapest)));
    }
    return stats::minimum_detectable_difference(log_ratios, blocks, level_ != 0 ? level_ : stats::kConfidenceLevel);
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

  /// That the nearer end of the interval stands for, in the figure's unit.
  static double shown_difference(const stats::Ratio& ratio, const stats::Series& others) {
    const double nearer = ratio.median < 1 ? ratio.interval->high : ratio.interval->low;
    return std::abs(nearer - 1) * stats::summarize(others)->median;
  }

  Comparison compare(const Criterion& criterion, const Assessment& one, const Assessment& other) const {
    const stats::Series own = values(criterion, one), others = values(criterion, other);
    Comparison result{.ratio = stats::compare(own, others, level_ != 0 ? level_ : stats::kConfidenceLevel)};
    // With pairs that are void there may be too few for the corrected level: better an interval of this pair alone than
    // a tie that nothing supports.
    if (result.ratio && !result.ratio->interval) result.ratio = stats::compare(own, others);
    if (!result.ratio || !result.ratio->interval || result.ratio->tied()) return result;
    if (shown_difference(*result.ratio, others) < criterion.matters) return result;
    const bool less = result.ratio->median < 1;
    (less != criterion.more_is_better ? result.better : result.worse) = true;
    return result;
  }

  const report::Grid& grid_;
  std::vector<Criterion> criteria_;
  const std::vector<ExtrapolatedMemory>& memory_;
  double level_;
};

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

const Assessment* cheapest_of(const std::vector<Assessment*>& keeping, const Judge& judge) {
  const Assessment* cheapest = nullptr;
  for (const Assessment* one : keeping) {
    if (one->standing == Standing::pareto && (cheapest == nullptr || cheaper(*one, *cheapest))) cheapest = one;
  }
  return judge.cheapest_in_pairs(keeping, cheapest);
}

}  // namespace

bool cheaper(const Assessment& one, const Assessment& other) {
  const double last = std::numeric_limits<double>::infinity();
  return one.cpu_us.median.value_or(last) < other.cpu_us.median.value_or(last);
}

void judge_costs(Verdict& verdict, const report::Grid& grid, const Profile& profile,
                 const std::vector<ExtrapolatedMemory>& memory) {
  const std::vector<Criterion> criteria = criteria_of(profile);
  const auto priced = static_cast<std::size_t>(std::ranges::count_if(
      verdict.assessments, [](const Assessment& one) { return one.keeps == Answer::yes && has_costs(one); }));
  verdict.comparisons = priced < 2 ? 0 : priced * (priced - 1) / 2 * criteria.size();
  verdict.level = level_for(verdict.comparisons, verdict.blocks);
  const Judge judge(grid, criteria, memory, verdict.level);
  const std::vector<Assessment*> keeping = find_pareto_set(verdict, judge);
  if (keeping.empty()) return;
  const Assessment* cheapest = cheapest_of(keeping, judge);
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
  verdict.detectable = judge.detectable(keeping, *cheapest, verdict.blocks);
}

}  // namespace bakeoff::decide
