#include "harness/decide/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "harness/report/figures.h"
#include "harness/report/number_format.h"
#include "harness/validity/validity.h"

namespace bakeoff::decide {
namespace {

constexpr double kKibInMib = 1024;

std::optional<double> memory_mib(const journal::Trial& trial) {
  if (!trial.subject_cost || !trial.subject_cost->pss_end_kib) return std::nullopt;
  const std::uint64_t kernel = trial.subject_cost->kernel_end_kib.value_or(0);
  return static_cast<double>(*trial.subject_cost->pss_end_kib + kernel) / kKibInMib;
}

const report::Figure& server_figure(std::string_view key) {
  return *std::ranges::find(report::server_figures(), key, &report::Figure::key);
}

/// The limit of the profile; where it has none, that of a load that is answered at all.
load::Slo limit_of(const Profile& profile) {
  if (profile.slo) return *profile.slo;
  load::Slo any = load::parse_slo("p99=1s");
  any.limit_us = std::numeric_limits<double>::infinity();
  return any;
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

std::string times_the_limit(double over) {
  return fmt::format("{} times the limit", report::format_number(over));
}

/// Rate, errors and latency together, block by block as a load with an SLO is judged.
struct Passes {
  std::size_t passes = 0, fails = 0;
  std::map<std::string, std::size_t> broke{};  ///< By what broke.
  std::string worst{};                         ///< The words of the last block that failed.
};
Passes count_passes(const report::GridRow& row, const load::Slo& slo) {
  Passes counted;
  for (const journal::Trial* trial : row.trials) {
    if (trial == nullptr) continue;
    const bool ran = report::gives_numbers(*trial) && trial->client;
    const load::SloVerdict verdict = ran ? load::judge_slo(*trial, slo) : load::SloVerdict{.broke = "errors"};
    if (!verdict.void_reason.empty()) continue;
    ++(verdict.met() ? counted.passes : counted.fails);
    if (verdict.met()) continue;
    ++counted.broke[verdict.broke];
    counted.worst = ran ? verdict.words
                        : fmt::format("{}{}{}", validity::outcome_name(trial->outcome),
                                      trial->outcome_detail.empty() ? "" : ": ", trial->outcome_detail);
  }
  return counted;
}

LimitAnswer rate_answer(const Passes& counted) {
  // A latency above its limit is a limit of its own; here are the blocks that broke otherwise.
  const auto count = [&](const char* what) {
    const auto found = counted.broke.find(what);
    return found == counted.broke.end() ? std::size_t{0} : found->second;
  };
  const std::size_t fails = count("errors") + count("rate");
  LimitAnswer answer{.name = "rate and errors",
                     .kept = pass_in_the_middle(counted.passes + counted.fails - fails, fails)};
  if (fails != 0) {
    answer.words = fmt::format("{} in {} of {} blocks", counted.worst, fails, counted.passes + counted.fails);
  }
  return answer;
}

/// A latency of which much is our own slip is no figure of the candidate's, and yet within the limit where all of it is
/// (load/slo.h). So the blocks are counted as a load with an SLO is judged.
LimitAnswer latency_answer(const Passes& counted, const Estimate& estimate, const load::Slo& slo) {
  const auto late = counted.broke.find(slo.figure);
  const std::size_t all = counted.passes + counted.fails;
  const std::size_t fails = late == counted.broke.end() ? 0 : late->second;
  LimitAnswer answer{.name = slo.figure,
                     .kept = pass_in_the_middle(all - fails, fails),
                     .words = slo.figure + " " + in_words(estimate, "us")};
  if (estimate.median) {
    answer.over = *estimate.median / slo.limit_us;
    if (answer.kept == Answer::no) answer.words += ", " + times_the_limit(*answer.over);
  } else if (all != 0) {
    answer.words += fmt::format(", within {} in {} of {} blocks", load::time_text(slo.limit_us), all - fails, all);
  }
  return answer;
}

LimitAnswer figure_answer(const std::string& name, const Estimate& estimate, double limit, std::string_view unit) {
  LimitAnswer answer{.name = name, .kept = is_below(estimate, limit), .words = name + " " + in_words(estimate, unit)};
  if (estimate.median) answer.over = *estimate.median / limit;
  if (answer.kept == Answer::no) answer.words += ", " + times_the_limit(*answer.over);
  return answer;
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
Comparison compare_in(const Criterion& criterion, const report::GridRow& one, const report::GridRow& other,
                      double level) {
  const stats::Series own = report::figure_series(one, *criterion.figure).valid;
  const stats::Series others = report::figure_series(other, *criterion.figure).valid;
  Comparison result{.ratio = stats::compare(own, others, level)};
  if (!result.ratio || !result.ratio->interval || result.ratio->tied()) return result;
  const double difference = std::abs(stats::summarize(own)->median - stats::summarize(others)->median);
  if (difference < criterion.matters) return result;
  const bool less = result.ratio->median < 1;
  (less != criterion.more_is_better ? result.better : result.worse) = true;
  return result;
}

/// The level at which each of the comparisons is made, so that all hold together; with too few blocks for it the one
/// for a pair alone.
double level_for(std::size_t comparisons, std::size_t blocks) {
  const double level = stats::corrected_level(stats::kConfidenceLevel, std::max<std::size_t>(1, comparisons));
  return stats::pairs_needed(level) <= blocks ? level : 0;
}

struct Judge {
  const report::Grid& grid;
  std::vector<Criterion> criteria;
  double level;

  const report::GridRow& row(const Assessment& one) const { return *report::find_row(grid, one.subject); }

  /// Whether `other` costs less than `one` in some figure, and not more in any.
  std::optional<Domination> domination(const Assessment& one, const Assessment& other) const {
    std::optional<Domination> found;
    for (const Criterion& criterion : criteria) {
      Comparison result = compare_in(criterion, row(one), row(other), level);
      if (result.better) return std::nullopt;
      if (result.worse && !found) found = Domination{other.subject, criterion.name, *result.ratio};
    }
    return found;
  }

  /// Medians over all blocks hide what the pairs within a block show: where another of the Pareto set has the lower
  /// ratio, that one is the cheapest. Each is looked at once.
  const Assessment* cheapest_in_pairs(const std::vector<Assessment*>& keeping, const Assessment* cheapest) const {
    for (const Assessment* one : keeping) {
      if (one->standing != Standing::pareto || one == cheapest) continue;
      const auto ratio = compare_in(criteria.front(), row(*one), row(*cheapest), level).ratio;
      if (ratio && ratio->median < 1) cheapest = one;
    }
    return cheapest;
  }

  bool costs_more_cpu(const Assessment& one, const Assessment& other) const {
    return compare_in(criteria.front(), row(one), row(other), level).worse;
  }
};

bool cheaper(const Assessment& one, const Assessment& other) {
  const double last = std::numeric_limits<double>::infinity();
  return one.cpu_us.median.value_or(last) < other.cpu_us.median.value_or(last);
}

void judge_costs(Verdict& verdict, const Judge& judge) {
  std::vector<Assessment*> keeping;
  for (Assessment& one : verdict.assessments) {
    if (one.keeps() == Answer::yes) keeping.push_back(&one);
    one.standing = one.keeps() == Answer::no ? Standing::misses : Standing::unknown;
  }
  if (keeping.empty()) return;
  for (Assessment* one : keeping) {
    one->standing = Standing::pareto;
    for (const Assessment* other : keeping) {
      if (other == one || one->dominated) continue;
      one->dominated = judge.domination(*one, *other);
      if (one->dominated) one->standing = Standing::dominated;
    }
  }
  const Assessment* cheapest = nullptr;
  for (const Assessment* one : keeping) {
    if (one->standing == Standing::pareto && (cheapest == nullptr || cheaper(*one, *cheapest))) cheapest = one;
  }
  if (cheapest == nullptr) return;  // Domination has no circles where medians decide; with ties it might.
  cheapest = judge.cheapest_in_pairs(keeping, cheapest);
  verdict.cheapest = cheapest->subject;
  for (Assessment* one : keeping) {
    if (one->standing == Standing::pareto && !judge.costs_more_cpu(*one, *cheapest)) one->standing = Standing::choice;
  }
  for (Assessment& one : verdict.assessments) {
    if (&one == cheapest) continue;
    one.to_cheapest = stats::compare(report::figure_series(judge.row(one), *judge.criteria.front().figure).valid,
                                     report::figure_series(judge.row(*cheapest), *judge.criteria.front().figure).valid);
  }
}

Assessment assess_row(const report::GridRow& row, const Profile& profile, const load::Slo& slo,
                      const std::vector<ExtrapolatedMemory>& memory) {
  Assessment one{.subject = row.subject,
                 .limits = {},
                 .latency_us = estimate_of(report::figure_series(row, latency_figure(slo))),
                 .memory_mib = estimate_of(report::figure_series(row, memory_figure())),
                 .cpu_us = estimate_of(report::figure_series(row, server_figure("cpu_us_per_request"))),
                 .throughput_rps = estimate_of(report::figure_series(row, server_figure("throughput_rps"))),
                 .trials = trials_of(row)};
  const auto extrapolated = std::ranges::find(memory, row.subject, &ExtrapolatedMemory::subject);
  if (extrapolated != memory.end()) one.memory_mib = extrapolated->mib;
  const Passes counted = count_passes(row, slo);
  one.broke = counted.worst;
  one.limits.push_back(rate_answer(counted));
  if (profile.slo) one.limits.push_back(latency_answer(counted, one.latency_us, slo));
  if (profile.memory_mib) one.limits.push_back(figure_answer("memory", one.memory_mib, *profile.memory_mib, "MiB"));
  return one;
}

}  // namespace

Answer Assessment::keeps() const {
  Answer answer = Answer::yes;
  for (const LimitAnswer& limit : limits) answer = both(answer, limit.kept);
  return answer;
}

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

Verdict assess(std::span<const journal::Trial> rows, const std::string& table, const Profile& profile,
               const std::vector<ExtrapolatedMemory>& memory) {
  const std::vector<const journal::Trial*> trials = report::trials_of_table(rows, table);
  const report::Grid grid = report::make_grid(trials, {});
  const load::Slo slo = limit_of(profile);
  Verdict verdict{.table = table, .assessments = {}, .blocks = grid.blocks.size()};
  for (const report::GridRow& row : grid.rows) verdict.assessments.push_back(assess_row(row, profile, slo, memory));
  const std::vector<Criterion> criteria = criteria_of(profile);
  const auto keeping = static_cast<std::size_t>(
      std::ranges::count(verdict.assessments, Answer::yes, [](const Assessment& one) { return one.keeps(); }));
  verdict.comparisons = keeping < 2 ? 0 : keeping * (keeping - 1) / 2 * criteria.size();
  verdict.level = level_for(verdict.comparisons, verdict.blocks);
  const double level = verdict.level != 0 ? verdict.level : stats::kConfidenceLevel;
  judge_costs(verdict, {.grid = grid, .criteria = criteria, .level = level});
  std::ranges::stable_sort(verdict.assessments, [](const Assessment& one, const Assessment& other) {
    return one.standing != other.standing ? one.standing < other.standing : cheaper(one, other);
  });
  return verdict;
}

}  // namespace bakeoff::decide
