#include "harness/report/load/slo_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/journal/trial_json.h"
#include "harness/report/page.h"
#include "harness/validity/validity.h"

namespace bakeoff::report::load {
namespace {

using Json = nlohmann::ordered_json;

/// Among the loads at this rate that passed (or failed), the one with the highest figure: a pass that was repeated is
/// as good as its worst repeat.
const SloTrial* worst_at(const SloReport& report, double rate_rps, bool met) {
  const auto figure = [](const SloTrial& trial) { return trial.verdict.figure_us.value_or(0); };
  const SloTrial* worst = nullptr;
  for (const SloTrial& trial : report.trials) {
    const bakeoff::load::SloVerdict& verdict = trial.verdict;
    const bool counts = report.result.own_limit && !met ? !verdict.void_reason.empty() : verdict.void_reason.empty();
    if (trial.step.rate_rps != rate_rps || verdict.met() != met || !counts) continue;
    if (worst == nullptr || figure(trial) > figure(*worst)) worst = &trial;
  }
  return worst;
}

std::string at_rate(const SloReport& report, double rate_rps, bool met) {
  const SloTrial* const trial = worst_at(report, rate_rps, met);
  return bakeoff::load::rate_text(rate_rps) + (trial != nullptr ? ": " + trial->verdict.words : "");
}

std::string confirmed(const bakeoff::load::SloResult& result) {
  const std::size_t passed = result.confirmations, failed = result.refutations;
  if (passed == 0) return "not confirmed at full length";
  if (failed != 0) return fmt::format("held {} of {} times at full length", passed, passed + failed);
  return result.conclusive() ? fmt::format("confirmed {} times at full length", passed)
                             : fmt::format("held {} of {} times at full length so far", passed, passed);
}

std::string_view end_name(bakeoff::load::SloEnd end) {
  switch (end) {
    case bakeoff::load::SloEnd::none:
      return "not finished";
    case bakeoff::load::SloEnd::found:
      return "found";
    case bakeoff::load::SloEnd::nowhere:
      return "met at no rate";
    case bakeoff::load::SloEnd::void_steps:
      return "too many void steps";
    case bakeoff::load::SloEnd::unsteady:
      return "too unsteady";
    case bakeoff::load::SloEnd::out_of_steps:
      return "out of steps";
  }
  return "";
}

/// "19 noisy, 12 slipped"
std::string voids_in_words(const bakeoff::load::SloResult& result) {
  std::string text;
  for (const auto& [reason, count] : result.voids) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, reason);
  }
  return text;
}

/// Why there is no answer; "" when there is one.
std::string no_answer(const bakeoff::load::SloResult& result) {
  const std::size_t valid = result.steps - result.void_steps();
  switch (result.end) {
    case bakeoff::load::SloEnd::void_steps:
      return fmt::format(
          "{} of {} steps were void ({}): what is left is too little to answer by; repeat on a quiet machine",
          result.void_steps(), result.steps, voids_in_words(result));
    case bakeoff::load::SloEnd::unsteady:
      return fmt::format(
          "{} of {} steps that were not void contradicted others at the same rate: repeat on a quiet machine, or give "
          "a longer --duration",
          result.contradictions, valid);
    case bakeoff::load::SloEnd::out_of_steps:
      return fmt::format("{} steps, and the search has not come to its end", valid);
    default:
      return "";
  }
}

}  // namespace

std::string slo_step_line(const SloTrial& trial) {
  const bakeoff::load::SloVerdict& verdict = trial.verdict;
  std::string line = fmt::format("  {:>10}  {:>6}  {:<7} {}", bakeoff::load::rate_text(trial.step.rate_rps),
                                 bakeoff::load::time_text(trial.window_s * 1e6),
                                 verdict.met()                 ? "pass"
                                 : verdict.void_reason.empty() ? verdict.broke
                                                               : "void",
                                 verdict.words);
  if (trial.step.confirms) line += ", repeat";
  if (!verdict.void_reason.empty()) line += ", void: " + verdict.void_reason;
  return line;
}

std::string slo_summary(const SloReport& report, const TerminalStyle& style) {
  const bakeoff::load::SloResult& result = report.result;
  Page page(style);
  page.heading(report.subject + " · open loop · " + bakeoff::load::to_text(report.slo));
  if (const std::string why = no_answer(result); !why.empty()) {
    page.field("no answer", why);
    page.paragraph("what is known of it:");
  }
  if (!result.last_pass_rps) {
    page.field("last pass", result.conclusive() ? "none: not met at any rate" : "none so far");
  } else {
    page.field("last pass", at_rate(report, *result.last_pass_rps, true) + ", " + confirmed(result));
  }
  if (!result.first_fail_rps) {
    page.field("first fail", "none");
  } else {
    page.field("first fail", at_rate(report, *result.first_fail_rps, false));
    page.field("what broke", result.broke);
    if (result.own_limit) {
      page.field("", fmt::format("and not the server, which may stand more. {}", validity::advice(result.broke)));
    }
  }
  page.field("steps",
             fmt::format("{}{}", result.steps, result.end == bakeoff::load::SloEnd::none ? ", not finished" : ""));
  if (result.void_steps() > 0) {
    page.field("void", fmt::format("{} of them, which say nothing: {}", result.void_steps(), voids_in_words(result)));
  }
  page.field("took", fmt::format("{}, estimated {}", bakeoff::load::time_text(report.elapsed_s * 1e6),
                                 bakeoff::load::time_text(report.estimated_s * 1e6)));
  return page.text();
}

std::string slo_json(const SloReport& report) {
  const bakeoff::load::SloResult& result = report.result;
  Json json = Json::object();
  json["subject"] = report.subject;
  json["slo"] = {{"figure", report.slo.figure}, {"limit_us", report.slo.limit_us}};
  json["settled"] = result.conclusive();
  json["end"] = end_name(result.end);
  if (result.last_pass_rps) json["last_pass_rps"] = *result.last_pass_rps;
  if (result.first_fail_rps) json["first_fail_rps"] = *result.first_fail_rps;
  if (!result.broke.empty()) json["broke"] = result.broke;
  if (result.first_fail_rps) json["own_limit"] = result.own_limit;
  json["confirmations"] = result.confirmations;
  json["refutations"] = result.refutations;
  json["contradictions"] = result.contradictions;
  json["void_steps"] = result.void_steps();
  json["void_reasons"] = result.voids;
  json["estimated_s"] = report.estimated_s;
  json["elapsed_s"] = report.elapsed_s;
  json["steps"] = Json::array();
  for (const SloTrial& trial : report.trials) {
    json["steps"].push_back({{"rate_rps", trial.step.rate_rps},
                             {"window_s", trial.window_s},
                             {"confirms", trial.step.confirms},
                             {"met", trial.verdict.met()},
                             {"broke", trial.verdict.broke},
                             {"void", trial.verdict.void_reason},
                             {"words", trial.verdict.words},
                             {"trial", Json::parse(journal::trial_to_json(trial.row))}});
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace bakeoff::report::load
