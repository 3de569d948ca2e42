#include "harness/report/slo_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/journal/trial_json.h"
#include "harness/validity/validity.h"

namespace bakeoff {
namespace {

using Json = nlohmann::ordered_json;

/// Of the loads at this rate that passed (or failed) the one with the highest figure: a pass that was repeated is as
/// good as its worst repeat.
const SloTrial* worst_at(const SloReport& report, double rate_rps, bool met) {
  const auto figure = [&](const SloTrial& trial) {
    if (!trial.row.client) return 0.0;
    const auto total = trial.row.client->latency_us.find("total");
    return total == trial.row.client->latency_us.end() ? 0.0 : total->second.*report.slo.value;
  };
  const SloTrial* worst = nullptr;
  for (const SloTrial& trial : report.trials) {
    if (trial.step.rate_rps != rate_rps || trial.verdict.met() != met) continue;
    if (worst == nullptr || figure(trial) > figure(*worst)) worst = &trial;
  }
  return worst;
}

std::string at_rate(const SloReport& report, double rate_rps, bool met) {
  const SloTrial* const trial = worst_at(report, rate_rps, met);
  return rate_text(rate_rps) + (trial != nullptr ? ": " + trial->verdict.words : "");
}

std::string confirmed(const SloResult& result) {
  if (result.confirmations == 0) return "not confirmed at full length";
  return fmt::format("confirmed {} times at full length", result.confirmations);
}

}  // namespace

std::string slo_step_line(const SloTrial& trial) {
  std::string line =
      fmt::format("  {:>10}  {:>6}  {:<7} {}", rate_text(trial.step.rate_rps), time_text(trial.window_s * 1e6),
                  trial.verdict.met() ? "pass" : trial.verdict.broke, trial.verdict.words);
  if (trial.step.confirms) line += ", repeat";
  const std::string reason = void_reason(trial.row, metric::kLatency);
  if (!reason.empty()) line += ", latency void: " + reason;
  return line;
}

std::string slo_summary(const SloReport& report) {
  const SloResult& result = report.result;
  std::string text = report.subject + " · open loop · " + to_text(report.slo) + "\n";
  if (!result.last_pass_rps) {
    text += result.settled ? "  last pass   none: not met at any rate\n" : "  last pass   none so far\n";
  } else {
    text += fmt::format("  last pass   {}, {}\n", at_rate(report, *result.last_pass_rps, true), confirmed(result));
  }
  if (!result.first_fail_rps) {
    text += "  first fail  none\n";
  } else {
    text += fmt::format("  first fail  {}\n  what broke  {}\n", at_rate(report, *result.first_fail_rps, false),
                        result.broke);
    if (result.broke == kSlip) {
      text +=
          "              the load generator and not the server, which may stand more: give the load more CPUs "
          "(--cpus),\n"
          "              take --spin, or repeat on a quiet machine\n";
    }
  }
  text += fmt::format("  steps       {}{}\n", result.steps, result.settled ? "" : ", not finished");
  return text;
}

std::string slo_json(const SloReport& report) {
  const SloResult& result = report.result;
  Json json = Json::object();
  json["subject"] = report.subject;
  json["slo"] = {{"figure", report.slo.figure}, {"limit_us", report.slo.limit_us}};
  json["settled"] = result.settled;
  if (result.last_pass_rps) json["last_pass_rps"] = *result.last_pass_rps;
  if (result.first_fail_rps) json["first_fail_rps"] = *result.first_fail_rps;
  if (!result.broke.empty()) json["broke"] = result.broke;
  json["confirmations"] = result.confirmations;
  json["steps"] = Json::array();
  for (const SloTrial& trial : report.trials) {
    json["steps"].push_back({{"rate_rps", trial.step.rate_rps},
                             {"window_s", trial.window_s},
                             {"confirms", trial.step.confirms},
                             {"met", trial.verdict.met()},
                             {"broke", trial.verdict.broke},
                             {"words", trial.verdict.words},
                             {"trial", Json::parse(trial_to_json(trial.row))}});
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace bakeoff
