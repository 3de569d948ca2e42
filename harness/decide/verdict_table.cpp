#include "harness/decide/verdict_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"
#include "harness/validity/validity.h"

namespace bakeoff::decide {
namespace {

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
      "costs differ where the interval of their ratio, at {:.4g} %, so that all {} comparisons hold together at 95 %, "
      "shows a difference of at least 1 % of what the service has; the ratios of the table have these intervals, the "
      "other figures one at 95 % each for itself",
      verdict.level * 100, verdict.comparisons);
}

/// How small a difference these blocks could have shown.
std::string detectable_note(const Verdict& verdict) {
  if (!verdict.detectable) return "";
  return fmt::format(
      "who costs {:.2g} % more CPU time than another would be told from it in these blocks nine times out of ten; a "
      "smaller difference can be missed",
      *verdict.detectable * 100);
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
      notes.push_back(fmt::format("{}: dominated: {}", one.subject, in_words(*one.dominated)));
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
  for (const std::string& note : {level_note(decision.verdict), detectable_note(decision.verdict)}) {
    if (!note.empty()) notes.push_back(note);
  }
  return notes;
}

/// Which members of the choice are chosen at every point that was measured around the profile, and which are not.
std::string shortlist_sentence(const Decision& decision) {
  std::vector<std::string> everywhere, elsewhere;
  for (const std::string& name : decision.verdict.with(Standing::choice)) {
    (is_chosen_everywhere(decision.sensitivities, name) ? everywhere : elsewhere).push_back(name);
  }
  const std::string where = "at every measured point at which somebody keeps the limits";
  if (elsewhere.empty()) return fmt::format("Chosen {}: {}.", where, report::listed(everywhere));
  if (everywhere.empty()) return fmt::format("Nobody is chosen {}.", where);
  return fmt::format("Chosen {}: {}. Not chosen, or not decided, at some of them: {}.", where,
                     report::listed(everywhere), report::listed(elsewhere));
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
      fmt::format("{} · {} · {} · service on {} · 95 % intervals, {}", profile.name, mix_in_words(profile.mix),
                  report::counted(verdict.blocks, "block"), report::counted(decision.cpus, "CPU"),
                  verdict.level == 0 ? "pointwise" : "of the ratio for all pairs together");
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
  if (class_of(profile.mix, RequestKind::call) != nullptr) {
    const std::string delay = profile.back_end_delay_us == 0 ? ""
                                                             : fmt::format(", which waits {} before it answers",
                                                                           load::time_text(profile.back_end_delay_us));
    sentences.push_back(
        fmt::format("A call asks {}{}; those who share a pool of connections to it have at most {} in it.",
                    profile.back_end == "http" ? "a back end of ours" : profile.back_end, delay, profile.pool));
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
    sentences.push_back(shortlist_sentence(decision));
  }
  for (const Drift& one : decision.drifts) sentences.push_back(in_words(one));
  return sentences;
}

}  // namespace bakeoff::decide
