#include "harness/decide/decision_json.h"

#include <array>
#include <nlohmann/json.hpp>

namespace bakeoff::decide {
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const Estimate& estimate) {
  ordered_json json;
  if (estimate.median) json["median"] = *estimate.median;
  if (estimate.interval) json["interval"] = {estimate.interval->low, estimate.interval->high};
  json["blocks"] = estimate.blocks;
  if (estimate.voids != 0) json["void"] = {{"blocks", estimate.voids}, {"reason", estimate.void_reason}};
  if (estimate.extrapolated) json["extrapolated"] = true;
  return json;
}

ordered_json to_json(const stats::Ratio& ratio) {
  ordered_json json{{"median", ratio.median}, {"blocks", ratio.pairs}};
  if (ratio.interval) json["interval"] = {ratio.interval->low, ratio.interval->high};
  return json;
}

std::string standing_name(Standing standing) {
  switch (standing) {
    case Standing::choice:
      return "choice";
    case Standing::pareto:
      return "pareto";
    case Standing::dominated:
      return "dominated";
    case Standing::misses:
      return "misses";
    default:
      return "unknown";
  }
}

ordered_json to_json(const Assessment& one) {
  ordered_json json{{"candidate", one.subject}, {"standing", standing_name(one.standing)}};
  for (const LimitAnswer& limit : one.limits) {
    ordered_json answer{{"limit", limit.name}, {"kept", to_text(limit.kept)}};
    if (!limit.words.empty()) answer["words"] = limit.words;
    if (limit.over) answer["over_limit"] = *limit.over;
    json["limits"].push_back(answer);
  }
  json["latency_us"] = to_json(one.latency_us);
  json["memory_mib"] = to_json(one.memory_mib);
  json["cpu_us_per_request"] = to_json(one.cpu_us);
  json["throughput_rps"] = to_json(one.throughput_rps);
  json["cpu_share"] = to_json(one.busy);
  if (one.threads != 0) json["threads"] = one.threads;
  if (one.processes != 0) json["processes"] = one.processes;
  if (one.to_cheapest) json["cpu_to_cheapest"] = to_json(*one.to_cheapest);
  if (one.dominated) {
    json["dominated"] = {
        {"by", one.dominated->by}, {"figure", one.dominated->figure}, {"ratio", to_json(one.dominated->ratio)}};
    if (one.dominated->up_to_mib) json["dominated"]["up_to_memory_limit_mib"] = *one.dominated->up_to_mib;
  }
  json["trials"] = one.trials;
  return json;
}

ordered_json to_json(const Sensitivity& of, const VariedPoint& point) {
  static constexpr std::array kEffects{"same", "narrower", "turned", "unknown"};
  ordered_json json{{"of", of.subject},
                    {"value", point.value},
                    {"effect", kEffects[static_cast<std::size_t>(point.effect)]},
                    {"choice", point.choice},
                    {"words", point.words}};
  for (const Dropped& one : point.dropped) json["dropped"].push_back({{"candidate", one.subject}, {"why", one.why}});
  return json;
}

}  // namespace

std::string decision_json(const Decision& decision) {
  ordered_json document;
  document["profile"] = {{"name", decision.profile.name},
                         {"mix", to_text(decision.profile.mix)},
                         {"traffic", traffic_in_words(decision.profile)},
                         {"limits", limits_in_words(decision.profile)}};
  if (decision.profile.rounds_per_ms) document["profile"]["rounds_per_ms"] = *decision.profile.rounds_per_ms;
  document["cpus"] = decision.cpus;
  document["choice"] = decision.verdict.with(Standing::choice);
  document["pareto"] = decision.verdict.pareto();
  if (decision.verdict.level != 0) document["ratio_level"] = decision.verdict.level;
  if (decision.verdict.detectable) document["detectable_cpu_difference"] = *decision.verdict.detectable;
  document["candidates"] = ordered_json::array();
  for (const Assessment& one : decision.verdict.assessments) document["candidates"].push_back(to_json(one));
  for (const ExcludedCandidate& one : decision.candidates.excluded) {
    document["candidates"].push_back({{"candidate", one.name}, {"standing", "excluded"}, {"why", one.why}});
  }
  for (const Headroom& one : decision.headroom) {
    for (const RateStep& step : one.steps) {
      document["traffic"].push_back({{"candidate", one.subject},
                                     {"rate_rps", step.rate_rps},
                                     {"kept", to_text(step.keeps)},
                                     {"missed", step.broke},
                                     {"trials", step.trials}});
    }
  }
  for (const Sensitivity& one : decision.sensitivities) {
    for (const VariedPoint& point : one.points) document["sensitivity"].push_back(to_json(one, point));
  }
  for (const Drift& one : decision.drifts) {
    document["drift"].push_back({{"phase", one.phase},
                                 {"candidate", one.subject},
                                 {"cpu_us_per_request_asked", to_json(one.before)},
                                 {"cpu_us_per_request", to_json(one.after)}});
  }
  if (decision.confirmation) {
    document["confirmation"] = {{"holds", to_text(decision.confirmation->holds)},
                                {"words", decision.confirmation->words}};
  }
  for (const Expected& one : decision.expected) {
    document["expected"].push_back({{"holds", to_text(one.holds)}, {"words", one.words}});
  }
  document["outcome"] = outcome_sentences(decision);
  document["left_out"] = decision.left_out;
  return document.dump(2) + "\n";
}

}  // namespace bakeoff::decide
