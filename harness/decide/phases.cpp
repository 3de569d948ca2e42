#include "harness/decide/phases.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/decide/arithmetic.h"
#include "harness/load/slo.h"
#include "harness/report/number_format.h"
#include "harness/stats/compare.h"

namespace bakeoff::decide {
namespace {

constexpr std::uint64_t kFewestBlocks = 9;  ///< With fewer, one that differs leaves every answer open at 95 %.
constexpr std::uint64_t kSpareBlocks = 1;   ///< A pair that is void leaves the others enough.
constexpr double kRequestsForP99 = 1500;    ///< In the window: 15 of them above the p99.
constexpr double kRequestsForP999 = 15'000;
constexpr double kShortestWindowS = 1.5, kLongestWindowS = 10;
constexpr double kClosedWindowS = 1;
constexpr double kWarmUpS = 0.5;
constexpr std::array kTrafficFactors{1.5, 2.0, 3.0, 4.0, 6.0, 8.0};
constexpr double kTwice = 2, kFarthest = 8;
/// Rates from there to there, of what the CPUs can serve, are tried one by one: the first one that fails is among them.
constexpr double kNearCeiling = 0.5, kBeyondCeiling = 1.3;
/// Below it a load leaves room for the variation of arrivals.
constexpr double kBusiest = 0.95;

double window_s(const Profile& profile) {
  if (!profile.is_open()) return kClosedWindowS;
  const bool far = profile.slo && profile.slo->figure == "p99.9";
  return std::clamp((far ? kRequestsForP999 : kRequestsForP99) / profile.rate_rps, kShortestWindowS, kLongestWindowS);
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "\"" : ", \"") + name + "\"";
  return text;
}

std::string head(const Profile& profile, const std::string& phase, const std::string& question,
                 const std::vector<std::string>& candidates, std::uint64_t blocks) {
  return fmt::format("name = \"{}-{}\"\nquestion = \"{}\"\nsubjects = [{}]\nblocks = {}\n", profile.name, phase,
                     question, quoted_list(candidates), blocks);
}

std::string table_text(const std::string& name, const Profile& profile, const std::string& only = "") {
  std::string text = fmt::format("\n[[tables]]\nname = \"{}\"\nworkload = \"{}\"\nrequest = \"{}\"\nconnections = {}\n",
                                 name, workload_of(profile.mix),
                                 request_of(profile.mix, profile.rounds_per_ms.value_or(1)), profile.connections);
  if (!only.empty()) text += fmt::format("subjects = [\"{}\"]\n", only);
  if (profile.is_open()) {
    text += fmt::format("load = \"open\"\nrate_rps = {:.6g}\narrivals = \"poisson\"\n", profile.rate_rps);
  }
  if (class_of(profile.mix, RequestKind::call) != nullptr) {
    text += fmt::format("back_end = \"{}\"\npool = {}\n", profile.back_end, profile.pool);
    if (profile.back_end_delay_us != 0) text += fmt::format("back_end_delay_us = {:.0f}\n", profile.back_end_delay_us);
  }
  return text + fmt::format("window_s = {:.3g}\nwarmup_s = {:.3g}\n", window_s(profile), kWarmUpS);
}

/// Names of tables are small letters, digits and hyphens: "rate-3000" for 3000/s.
std::string as_name(std::string text) {
  text.erase(std::min(text.find('/'), text.size()));
  std::erase(text, ' ');
  for (char& letter : text) {
    if (letter == '.') letter = '-';
    if (letter == '%') letter = 'p';
  }
  return text;
}

Variation variation(const char* of, const char* key, const std::string& value, double factor, Profile changed) {
  return {.table = as_name(fmt::format("{}-{}", key, value)),
          .subject = of,
          .value = value,
          .factor = factor,
          .profile = std::move(changed)};
}

/// Whether the CPUs can do it at all: what is added to a request costs as much as it says.
bool fits(const Profile& before, const Profile& changed, double cheapest_us, std::uint64_t cpus) {
  if (!changed.is_open()) return true;
  const double cost = cheapest_us + work_us_per_request(changed.mix) - work_us_per_request(before.mix);
  return changed.rate_rps * cost / 1e6 <= kBusiest * static_cast<double>(cpus);
}

void vary_waits(const Profile& profile, std::vector<Variation>& variations) {
  const RequestClass* wait = class_of(profile.mix, RequestKind::wait);
  if (wait == nullptr) return;
  for (const double factor : {0.25, 4.0}) {
    Profile changed = profile;
    for (RequestClass& one : changed.mix) {
      if (one.kind == RequestKind::wait) one.time_us = std::max(1.0, std::round(one.time_us * factor));
    }
    const double us = class_of(changed.mix, RequestKind::wait)->time_us;
    variations.push_back(variation("the wait", "wait", load::time_text(us), factor, std::move(changed)));
  }
}

void vary_back_end(const Profile& profile, std::vector<Variation>& variations) {
  if (profile.back_end_delay_us == 0) return;
  for (const double factor : {0.25, 4.0}) {
    Profile changed = profile;
    changed.back_end_delay_us = std::max(1.0, std::round(changed.back_end_delay_us * factor));
    const std::string value = load::time_text(changed.back_end_delay_us);
    variations.push_back(variation("the back end's delay", "delay", value, factor, std::move(changed)));
  }
}

void vary_work(const Profile& profile, double cheapest_us, std::uint64_t cpus, std::vector<Variation>& variations) {
  const RequestClass* work = class_of(profile.mix, RequestKind::work);
  if (work == nullptr || profile.mix.size() < 2) return;
  constexpr double kMostShare = 0.95;
  for (const double factor : {0.5, 2.0}) {
    Profile changed = profile;
    const double share = work->share * factor;
    if (share > kMostShare) continue;
    changed.mix = with_share(changed.mix, RequestKind::work, share);
    if (!fits(profile, changed, cheapest_us, cpus)) continue;
    variations.push_back(
        variation("the share of work", "work", fmt::format("{:.3g} %", share * 100), factor, std::move(changed)));
  }
}

void vary_connections(const Profile& profile, const Reach& reach, std::vector<Variation>& variations) {
  for (const double factor : {0.25, 4.0}) {
    Profile changed = profile;
    changed.connections = static_cast<std::uint64_t>(std::round(static_cast<double>(changed.connections) * factor));
    if (changed.connections == 0 || changed.connections > reach.connections) continue;
    variations.push_back(variation("the connections", "connections", fmt::format("{}", changed.connections), factor,
                                   std::move(changed)));
  }
}

/// Starting, verifying, connecting and stopping, as it was seen here.
constexpr double kTrialS = 0.1, kConnectionS = 0.0003;

double trial_s(const Profile& profile) {
  return kTrialS + kWarmUpS + window_s(profile) + kConnectionS * static_cast<double>(profile.connections);
}

/// With as many connections as can be opened. Memory at fewer connections than the profile's says nothing of its limit.
Profile within(Profile profile, const Reach& reach) {
  if (profile.connections <= reach.connections) return profile;
  profile.connections = reach.connections;
  profile.memory_mib.reset();
  return profile;
}

Phase phase_of(const char* name, const Profile& profile, const std::string& question,
               const std::vector<std::string>& candidates, std::vector<Variation> variations, std::uint64_t blocks,
               const std::string& control = "") {
  Phase phase{.name = name,
              .experiment = head(profile, name, question, candidates, blocks),
              .variations = std::move(variations),
              .control = control,
              .blocks = blocks,
              .window_s = window_s(profile),
              .warm_up_s = kWarmUpS};
  double block_s = 0;
  if (!control.empty()) {
    phase.experiment += table_text(kUnchangedTable, profile, control);
    block_s += trial_s(profile);
  }
  for (const Variation& one : phase.variations) {
    phase.experiment += table_text(one.table, one.profile);
    block_s += trial_s(one.profile) * static_cast<double>(candidates.size());
  }
  phase.estimate_s = block_s * static_cast<double>(blocks);
  return phase;
}

}  // namespace

std::uint64_t blocks_for(std::size_t candidates, std::size_t criteria) {
  const std::size_t comparisons = candidates * (candidates - 1) / 2 * criteria;
  if (comparisons < 2) return kFewestBlocks;
  const double level = stats::corrected_level(stats::kConfidenceLevel, comparisons);
  return std::max<std::uint64_t>(kFewestBlocks, stats::pairs_needed(level) + kSpareBlocks);
}

Phase asked_phase(const Profile& profile, const std::vector<std::string>& candidates, const Reach& reach) {
  std::vector<Variation> tables;
  Profile first = profile;
  first.connections = std::min(profile.connections, reach.connections);
  tables.push_back({.table = kAskedTable, .subject = "", .value = "", .profile = first});
  for (const std::uint64_t part : {2, 4}) {
    if (first.connections == profile.connections) break;
    Profile fewer = first;
    fewer.connections = first.connections / part;
    tables.push_back(variation("the connections", "connections", fmt::format("{}", fewer.connections),
                               1 / static_cast<double>(part), fewer));
  }
  return phase_of(kAskedPhase, profile, "Which candidate keeps the limits of the profile, and what does each cost?",
                  candidates, std::move(tables), blocks_for(candidates.size(), profile.is_open() ? 2 : 3));
}

std::optional<Phase> traffic_phase(const Profile& wanted, const std::vector<std::string>& candidates,
                                   const Cheapest& cheapest, std::uint64_t cpus, const Reach& reach) {
  if (!wanted.is_open() || candidates.empty()) return std::nullopt;
  const Profile profile = within(wanted, reach);
  const double ceiling_rps = static_cast<double>(cpus) * 1e6 / cheapest.cpu_us;
  std::vector<Variation> variations;
  for (const double factor : kTrafficFactors) {
    const double rate = profile.rate_rps * factor, of_ceiling = rate / ceiling_rps;
    const bool far_below = of_ceiling < kNearCeiling && factor != kFarthest;
    if (factor != kTwice && (far_below || of_ceiling > kBeyondCeiling)) continue;
    Profile changed = profile;
    changed.rate_rps = rate;
    variations.push_back(variation(kRateVaried, "rate", load::rate_text(rate), factor, std::move(changed)));
  }
  return phase_of("traffic", profile, "Up to which rate do those that keep the limits keep them?", candidates,
                  std::move(variations), kFewestBlocks, cheapest.subject);
}

std::optional<Phase> sensitivity_phase(const Profile& wanted, const std::vector<std::string>& candidates,
                                       const Cheapest& cheapest, std::uint64_t cpus, const Reach& reach) {
  const Profile profile = within(wanted, reach);
  std::vector<Variation> variations;
  vary_waits(profile, variations);
  vary_back_end(profile, variations);
  vary_work(profile, cheapest.cpu_us, cpus, variations);
  vary_connections(profile, reach, variations);
  std::erase_if(variations, [&](const Variation& one) { return !contradiction(one.profile, cpus).empty(); });
  if (variations.empty() || candidates.size() < 2) return std::nullopt;
  return phase_of("sensitivity", profile, "What about the profile would have to change for another decision?",
                  candidates, std::move(variations), kFewestBlocks, cheapest.subject);
}

}  // namespace bakeoff::decide
