#include "harness/decide/verdict_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <nlohmann/json.hpp>

#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"
#include "harness/validity/validity.h"

namespace bakeoff::decide {
namespace {

using nlohmann::ordered_json;

report::Cell words_cell(const std::string& text) {
  report::Cell cell;
  cell.text = text;
  return cell;
}

report::Cell estimate_cell(const Estimate& estimate) {
  report::Cell cell;
  cell.blocks = estimate.blocks;
  if (!estimate.median && estimate.void_median) {
    cell.text = report::format_number(*estimate.void_median);
    cell.value = *estimate.void_median;
    cell.struck_reason = estimate.void_reason;
    cell.blocks = estimate.voids;
  }
  if (!estimate.median) return cell;
  cell.text = report::format_number(*estimate.median);
  cell.value = *estimate.median;
  cell.interval = estimate.interval;
  return cell;
}

report::Cell ratio_to_cheapest(const Verdict& verdict, const Assessment& one) {
  report::Cell cell;
  if (one.subject == verdict.cheapest) {
    cell.text = "1";
    cell.value = 1;
  } else if (one.to_cheapest) {
    cell.text = report::format_number(one.to_cheapest->median);
    cell.value = one.to_cheapest->median;
    cell.interval = one.to_cheapest->interval;
    cell.tied = one.to_cheapest->tied();
    cell.blocks = one.to_cheapest->pairs;
  }
  return cell;
}

std::string level_note(const Verdict& verdict) {
  if (verdict.comparisons == 0) return "";
  if (verdict.level == 0) {
    return fmt::format(
        "the blocks ({}) are too few to hold the {} comparisons between candidates together at 95 %: each comparison "
        "holds for itself",
        verdict.blocks, verdict.comparisons);
  }
  return fmt::format(
      "costs differ where the interval of their ratio excludes 1 at {:.4g} %, so that all {} comparisons hold together "
      "at 95 %, and where the difference is at least 1 % of what the service has; intervals in the table are each for "
      "itself, at 95 %",
      verdict.level * 100, verdict.comparisons);
}

/// Slip and noise make a latency longer and never shorter, so that it can be within the limit although it is no figure.
std::string void_latency(const Decision& decision, const Assessment& one) {
  const std::string start = fmt::format("{}: the latency of {} is void: {}", one.subject,
                                        report::counted(one.latency_us.voids, "block"), one.latency_us.void_reason);
  if (!decision.profile.slo) return start;
  if (one.latency_us.void_reason == validity::reason::kSlipped) {
    return start +
           ": more than a quarter of it is the load's own delay; where it is within the limit all the same, it counts";
  }
  if (one.latency_us.void_reason == validity::reason::kNoisy) {
    return start + ": others were on the CPUs; where it is within the limit all the same, it counts";
  }
  return start;
}

std::vector<std::string> notes_of(const Decision& decision) {
  std::vector<std::string> notes;
  for (const Assessment& one : decision.verdict.assessments) {
    for (const std::string& words : missed_limits(one))
      notes.push_back(fmt::format("{}: misses: {}", one.subject, words));
    for (const LimitAnswer& limit : one.limits) {
      if (limit.kept == Answer::unknown) notes.push_back(fmt::format("{}: not decided: {}", one.subject, limit.words));
      if (limit.kept == Answer::yes && limit.fails != 0) {
        notes.push_back(fmt::format("{}: kept, but for single blocks: {}", one.subject, limit.words));
      }
    }
    if (one.keeps == Answer::yes && one.standing == Standing::unknown) {
      notes.push_back(
          fmt::format("{}: keeps the limits; what it costs is void or known from too few blocks", one.subject));
    }
    if (one.dominated) {
      notes.push_back(fmt::format("{}: dominated: it has {} times the {} of {}", one.subject,
                                  in_words(one.dominated->ratio), one.dominated->figure, one.dominated->by));
    }
    if (one.latency_us.voids != 0) {
      notes.push_back(void_latency(decision, one));
    }
  }
  for (const RuntimeCaveat& one : decision.caveats) notes.push_back(one.subject + ": " + one.words);
  for (const ExcludedCandidate& one : decision.candidates.excluded) {
    notes.push_back(fmt::format("{}: not measured: {}", one.name, one.why));
  }
  if (!decision.asked.variations.empty() && decision.asked.variations.size() > 1) {
    const std::uint64_t measured = decision.asked.variations.front().profile.connections;
    notes.push_back(fmt::format(
        "memory is extrapolated from {} connections, which are as many as can be opened here, to {}, along the slope "
        "that was measured in each block; latency and CPU time are those at {}{}",
        report::format_count(measured), report::format_count(decision.profile.connections),
        report::format_count(measured),
        decision.memory_bend ? fmt::format("; the slope of the upper half differs from that of the lower by {:.0f} %",
                                           *decision.memory_bend * 100)
                             : ""));
  }
  if (!decision.verdict.kernel_memory) {
    notes.emplace_back(
        "memory is without what the kernel holds for the service, because no cgroup could be made that tells");
  }
  if (const std::string note = level_note(decision.verdict); !note.empty()) notes.push_back(note);
  return notes;
}

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
  if (one.to_cheapest) json["cpu_to_cheapest"] = to_json(*one.to_cheapest);
  if (one.dominated) {
    json["dominated"] = {
        {"by", one.dominated->by}, {"figure", one.dominated->figure}, {"ratio", to_json(one.dominated->ratio)}};
  }
  json["trials"] = one.trials;
  return json;
}

}  // namespace

std::string standing_in_words(const Assessment& one) {
  switch (one.standing) {
    case Standing::choice:
      return "the choice";
    case Standing::pareto:
      return "Pareto set";
    case Standing::dominated:
      return "dominated";
    case Standing::unknown:
      return "not decided";
    default:
      break;
  }
  std::vector<std::string> missed;
  for (const LimitAnswer& limit : one.limits) {
    if (limit.kept == Answer::no) missed.push_back(limit.name);
  }
  return missed.empty() ? "misses its limits" : fmt::format("misses {}", fmt::join(missed, ", "));
}

report::Table verdict_table(const Decision& decision) {
  const Profile& profile = decision.profile;
  const Verdict& verdict = decision.verdict;
  const std::string figure = profile.slo ? profile.slo->figure : "p99";
  report::Table table;
  table.name = profile.name;
  table.baseline = verdict.cheapest;
  table.caption =
      fmt::format("{} · {} · {} · service on {} · 95 % intervals, pointwise", profile.name, mix_in_words(profile.mix),
                  report::counted(verdict.blocks, "block"), report::counted(decision.cpus, "CPU"));
  table.columns.push_back({"candidate", "candidate", "", report::Align::left});
  table.columns.push_back({"standing", "verdict", "", report::Align::left});
  table.columns.push_back({"latency_us", figure + " us", "us"});
  table.columns.push_back({"memory_mib", "memory MiB", "MiB"});
  table.columns.push_back({"cpu_us_per_request", "CPU us/req", "us/req"});
  if (!verdict.cheapest.empty()) table.columns.push_back({"ratio", "vs " + verdict.cheapest, ""});
  if (!profile.is_open()) table.columns.push_back({"throughput_rps", "req/s", "req/s"});
  for (const Assessment& one : verdict.assessments) {
    report::TableRow row{.subject = one.subject, .cells = {}, .remark = {}};
    row.cells = {words_cell(one.subject), words_cell(standing_in_words(one)), estimate_cell(one.latency_us),
                 estimate_cell(one.memory_mib), estimate_cell(one.cpu_us)};
    if (!verdict.cheapest.empty()) row.cells.push_back(ratio_to_cheapest(verdict, one));
    if (!profile.is_open()) row.cells.push_back(estimate_cell(one.throughput_rps));
    table.rows.push_back(std::move(row));
  }
  table.notes = notes_of(decision);
  return table;
}

std::vector<std::string> profile_sentences(const Decision& decision) {
  const Profile& profile = decision.profile;
  std::vector<std::string> sentences;
  if (!profile.question.empty()) sentences.push_back(profile.question);
  sentences.push_back(fmt::format("{}: {}; {}.", profile.name, mix_in_words(profile.mix), traffic_in_words(profile)));
  sentences.push_back(fmt::format("Limits: {}.", limits_in_words(profile)));
  if (const RequestClass* work = class_of(profile.mix, RequestKind::work); work != nullptr && profile.rounds_per_ms) {
    sentences.push_back(fmt::format(
        "{} of work are {} rounds of it here, the same for every candidate.", load::time_text(work->time_us),
        report::format_count(static_cast<std::uint64_t>(work->time_us / 1e3 * *profile.rounds_per_ms + 0.5))));
  }
  if (profile.cpus > decision.cpus) {
    sentences.push_back(fmt::format(
        "The profile gives the service {}; here it has {}, because the load needs CPUs too. Limits that are kept on "
        "fewer CPUs are kept; highest rates are those of {}.",
        report::counted(profile.cpus, "CPU"), decision.cpus, report::counted(decision.cpus, "CPU")));
  }
  return sentences;
}

std::vector<std::string> headroom_sentences(const Decision& decision) {
  std::vector<std::string> sentences;
  for (const Headroom& one : decision.headroom) {
    if (!one.steps.empty()) sentences.push_back(fmt::format("{} {}.", one.subject, in_words(one)));
  }
  return sentences;
}

std::vector<std::string> sensitivity_sentences(const Decision& decision) {
  std::vector<std::string> sentences;
  bool together = true, measured = false;
  for (const Sensitivity& one : decision.sensitivities) {
    sentences.push_back(in_words(one) + ".");
    together = together && one.together;
    measured = measured || !one.here.empty();
  }
  if (measured) {
    sentences.push_back(fmt::format("Compared around the profile were {}; who misses a limit in the profile was not.{}",
                                    report::listed(decision.compared_around),
                                    together ? "" : " Comparisons there hold each for itself, at 95 %."));
  }
  return sentences;
}

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
                                     {"missed", step.broke}});
    }
  }
  static constexpr std::array kEffects{"same", "narrower", "turned", "unknown"};
  for (const Sensitivity& one : decision.sensitivities) {
    for (const VariedPoint& point : one.points) {
      document["sensitivity"].push_back({{"of", one.subject},
                                         {"value", point.value},
                                         {"effect", kEffects[static_cast<std::size_t>(point.effect)]},
                                         {"choice", point.choice},
                                         {"words", point.words}});
    }
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
