#include "harness/load/slo_search.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace bakeoff::load {
namespace {

constexpr long kBelievedFail = -2;          ///< Balance of passes and fails.
constexpr std::size_t kMostTries = 9;       ///< At one rate; when it is still open, it does not hold reliably.
constexpr std::size_t kMostAtOwnLimit = 3;  ///< Steps at one rate.
constexpr std::size_t kMostMore = 2;        ///< Repeats, for contradictions.
constexpr double kAbove = 1.1;              ///< The rate that has to fail too, over that of the lowest fail.
/// A search is unsteady when at least this number of steps, and more than this share of all, contradict the others of
/// their rate.
constexpr std::size_t kFewestContradictions = 5;
constexpr double kUnsteadyShare = 0.28;

std::size_t total_of(const std::map<std::string, std::size_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::size_t{0},
                         [](std::size_t all, const auto& one) { return all + one.second; });
}

}  // namespace

std::size_t SloResult::void_steps() const {
  return total_of(voids);
}

SloSearch::SloSearch(const SloSearchSettings& settings) : settings_(settings) {
  settings_.start_rps = std::clamp(settings_.start_rps, settings_.floor_rps, settings_.ceiling_rps);
}

std::size_t SloSearch::needed() const {
  return settings_.confirmations + std::min(contradictions_, kMostMore);
}

SloSearch::State SloSearch::state(const Evidence& evidence) const {
  if (evidence.at_own_limit >= kMostAtOwnLimit || evidence.balance() <= kBelievedFail) return State::fail;
  const bool confirmed = evidence.full && evidence.balance() >= static_cast<long>(needed());
  if (evidence.tries() >= kMostTries && !confirmed) return State::fail;
  return evidence.balance() >= 1 ? State::pass : State::open;
}

SloSearch::Rates::const_iterator SloSearch::lowest_fail() const {
  return std::find_if(rates_.begin(), rates_.end(),
                      [&](const auto& rate) { return state(rate.second) == State::fail; });
}

/// Below the lowest fail.
SloSearch::Rates::const_iterator SloSearch::highest_pass() const {
  Rates::const_iterator highest = rates_.end();
  for (auto rate = rates_.begin(); rate != lowest_fail(); ++rate) {
    if (state(rate->second) == State::pass) highest = rate;
  }
  return highest;
}

SloSearch::NextStep SloSearch::next_step() const {
  const auto unsteady_from = static_cast<double>(valid_) * kUnsteadyShare;
  if (total_of(voids_) > valid_ + settings_.max_extra_void_steps) return {std::nullopt, SloEnd::void_steps};
  if (contradictions_ >= kFewestContradictions && static_cast<double>(contradictions_) > unsteady_from) {
    return {std::nullopt, SloEnd::unsteady};
  }
  if (valid_ >= settings_.most_steps) return {std::nullopt, SloEnd::out_of_steps};
  const auto fail = lowest_fail(), pass = highest_pass();
  for (auto rate = rates_.begin(); rate != fail; ++rate) {
    if (state(rate->second) == State::open) return {SloStep{rate->first, rate->second.full}, SloEnd::none};
  }
  if (pass == rates_.end()) {
    if (fail == rates_.end()) return {SloStep{settings_.start_rps}, SloEnd::none};
    if (fail->first <= settings_.floor_rps) return {std::nullopt, SloEnd::nowhere};
    return {SloStep{std::max(fail->first / settings_.factor, settings_.floor_rps)}, SloEnd::none};
  }
  if (fail == rates_.end()) {
    if (pass->first < settings_.ceiling_rps) {
      return {SloStep{std::min(pass->first * settings_.factor, settings_.ceiling_rps)}, SloEnd::none};
    }
  } else if (fail->first > pass->first * (1 + settings_.precision)) {
    return {SloStep{std::sqrt(pass->first * fail->first)}, SloEnd::none};
  }
  return confirm_ends(pass, fail);
}

/// Nothing is left to be tried between them: first the pass is confirmed, then that what is above the fail fails too.
SloSearch::NextStep SloSearch::confirm_ends(Rates::const_iterator pass, Rates::const_iterator fail) const {
  const auto clear = static_cast<long>(needed());
  if (!pass->second.full || pass->second.balance() < clear) return {SloStep{pass->first, true}, SloEnd::none};
  // Above what is no limit of the server's, nothing can be known.
  if (fail == rates_.end() || fail->second.at_own_limit >= kMostAtOwnLimit) return {std::nullopt, SloEnd::found};
  const double above = std::min(fail->first * kAbove, settings_.ceiling_rps);
  const auto check = rates_.find(above);
  if (check == rates_.end()) return {SloStep{above, fail->second.full}, SloEnd::none};
  const Evidence& seen = check->second;
  const bool told = seen.balance() <= -clear || seen.tries() >= kMostTries || seen.at_own_limit >= kMostAtOwnLimit;
  return told ? NextStep{std::nullopt, SloEnd::found}
              : NextStep{SloStep{above, seen.full || fail->second.full}, SloEnd::none};
}

void SloSearch::record(const SloVerdict& verdict) {
  const std::optional<SloStep> step = next();
  if (!step) return;
  const auto fail = lowest_fail();
  const bool checks = fail != rates_.end() && step->rate_rps > fail->first;
  if (!verdict.void_reason.empty()) {
    ++voids_[verdict.void_reason];
    if (!verdict.own_limit) return;
    Evidence& evidence = rates_[step->rate_rps];
    ++evidence.at_own_limit;
    evidence.broke = verdict.void_reason;
    return;
  }
  ++valid_;
  Evidence& evidence = rates_[step->rate_rps];
  count(evidence, *step, verdict);
  const long enough = evidence.tries() >= kMostTries ? 1 : static_cast<long>(needed());
  if (checks && evidence.balance() >= enough) believe_pass_above_fails(step->rate_rps);
}

void SloSearch::count(Evidence& evidence, const SloStep& step, const SloVerdict& verdict) {
  if (step.confirms && !evidence.full)
    evidence = Evidence{.passes = 0, .fails = 0, .full = true, .broke = {}, .at_own_limit = 0};
  const std::size_t fewer = std::min(evidence.passes, evidence.fails);
  ++(verdict.met() ? evidence.passes : evidence.fails);
  if (!verdict.met()) evidence.broke = verdict.broke;
  contradictions_ += std::min(evidence.passes, evidence.fails) - fewer;
}

void SloSearch::believe_pass_above_fails(double rate_rps) {
  // Its own tries were spent on a check, and shall not count against it when it is confirmed.
  rates_[rate_rps] = Evidence{.passes = 1, .fails = 0, .full = false, .broke = {}, .at_own_limit = 0};
  std::erase_if(rates_, [&](const auto& rate) { return rate.first < rate_rps && state(rate.second) != State::pass; });
}

SloResult SloSearch::result() const {
  SloResult result;
  result.end = next_step().end;
  result.voids = voids_;
  result.steps = valid_ + total_of(voids_);
  result.contradictions = contradictions_;
  if (const auto pass = highest_pass(); pass != rates_.end()) {
    result.last_pass_rps = pass->first;
    if (pass->second.full) {
      result.confirmations = pass->second.passes;
      result.refutations = pass->second.fails;
    }
  }
  if (const auto fail = lowest_fail(); fail != rates_.end()) {
    result.first_fail_rps = fail->first;
    result.broke = fail->second.broke;
    result.own_limit = fail->second.at_own_limit >= kMostAtOwnLimit;
  }
  return result;
}

}  // namespace bakeoff::load
