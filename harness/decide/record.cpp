#include "harness/decide/record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/decide/verdict_table.h"
#include "harness/measure/plain_text.h"
#include "harness/report/markdown.h"
#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"

namespace bakeoff::decide {
namespace {

std::string bullets(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "* " + line + "\n";
  return text;
}

std::vector<std::string> drivers(const Decision& decision) {
  const Profile& profile = decision.profile;
  std::vector<std::string> lines{profile.is_open() ? "All requests are answered without errors, as fast as they come"
                                                   : "All requests are answered without errors"};
  if (profile.slo) lines.push_back(load::to_text(*profile.slo) + ", counted from when a request was due");
  if (profile.memory_mib) {
    lines.push_back(
        fmt::format("At most {} of memory at {}{}", report::format_with_unit(*profile.memory_mib, "MiB"),
                    report::counted_in_groups(profile.connections, "connection"),
                    decision.verdict.kernel_memory ? ", what the kernel holds for the service included" : ""));
  }
  if (profile.isolation) lines.emplace_back("Isolation: a process that dies takes no other connection along");
  if (profile.shared_state) lines.emplace_back("Shared state: requests share objects in memory");
  lines.emplace_back("CPU time per request, then memory: what each request costs as long as the limits are kept");
  return lines;
}

std::string title(const Decision& decision) {
  const std::vector<std::string> chosen = decision.verdict.with(Standing::choice);
  if (chosen.empty() && decision.verdict.with(Standing::unknown).empty()) {
    return fmt::format("No candidate keeps the limits of {}", decision.profile.name);
  }
  if (chosen.empty())
    return fmt::format("It is not decided which candidate keeps the limits of {}", decision.profile.name);
  if (chosen.size() == 1) return fmt::format("Serve {} with {}", decision.profile.name, chosen.front());
  return fmt::format("Serve {} with one of {}", decision.profile.name, report::listed(chosen));
}

std::string outcome(const Decision& decision) {
  const std::vector<std::string> chosen = decision.verdict.with(Standing::choice);
  std::string text;
  if (chosen.empty()) {
    text = "No option is chosen. ";
  } else if (chosen.size() == 1) {
    text = fmt::format("Chosen option: \"{}\". ", chosen.front());
  } else {
    text = fmt::format("Chosen option: one of \"{}\". ", fmt::join(chosen, "\", \""));
  }
  return text + fmt::format("{}", fmt::join(outcome_sentences(decision), " ")) + "\n";
}

const CandidateFacts* facts_of(const Decision& decision, const std::string& subject) {
  const auto found = std::ranges::find(decision.facts, subject, &CandidateFacts::subject);
  return found == decision.facts.end() ? nullptr : &*found;
}

const Headroom* headroom_of(const Decision& decision, const std::string& subject) {
  const auto found = std::ranges::find(decision.headroom, subject, &Headroom::subject);
  return found == decision.headroom.end() || found->steps.empty() ? nullptr : &*found;
}

/// How MADR begins an argument.
const char* argument(Answer answer) {
  return answer == Answer::yes ? "Good" : answer == Answer::no ? "Bad" : "Neutral";
}

std::vector<std::string> consequences(const Decision& decision) {
  std::vector<std::string> lines;
  const std::vector<std::string> chosen = decision.verdict.with(Standing::choice);
  for (const std::string& name : chosen) {
    const Assessment& one = *decision.verdict.find(name);
    if (chosen.size() == 1) {  // Of several, the table above has the figures.
      lines.push_back(fmt::format("Good, because {} has a {} of {}, {} of memory and {} of CPU time per request", name,
                                  decision.profile.slo ? decision.profile.slo->figure : "p99",
                                  in_words(one.latency_us, "us"), in_words(one.memory_mib, "MiB"),
                                  in_words(one.cpu_us, "us")));
    }
    if (const Headroom* room = headroom_of(decision, name)) {
      lines.push_back(fmt::format("{}, because {} {}", argument(room->at_twice), name, in_words(*room)));
    }
    const CandidateFacts* facts = facts_of(decision, name);
    if (chosen.size() == 1 && facts != nullptr && !facts->breaks_under.empty()) {
      lines.push_back(fmt::format("Neutral, because {} is known to break under {}", name, facts->breaks_under));
    }
  }
  return lines;
}

/// "asked-b00-threads to asked-b11-threads, 12 rows"
std::string rows_in_words(const std::vector<std::string>& trials) {
  if (trials.empty()) return "no rows";
  if (trials.size() == 1) return trials.front() + ", 1 row";
  return fmt::format("{} to {}, {} rows", trials.front(), trials.back(), trials.size());
}

/// Where the rows of a candidate lie.
std::string rows_of(const Decision& decision, const Assessment& one, const std::string& folder) {
  std::string text = fmt::format("Rows: `{}/asked/trials.jsonl`, {}", folder, rows_in_words(one.trials));
  if (const Headroom* room = headroom_of(decision, one.subject)) {
    std::vector<std::string> trials;
    for (const RateStep& step : room->steps) trials.insert(trials.end(), step.trials.begin(), step.trials.end());
    text += fmt::format("; `{}/traffic/trials.jsonl`, {}", folder, rows_in_words(trials));
  }
  return text + ".";
}

/// "It had 8 threads in 1 process here."
std::string units_in_words(const Assessment& one) {
  if (one.threads == 0 || one.processes == 0) return "";
  return fmt::format("It had {} in {} here, at the most.", report::counted(one.threads, "thread"),
                     one.processes == 1 ? "1 process" : fmt::format("{} processes", one.processes));
}

/// At which points around the profile a candidate of the choice is not chosen. The rate at which it misses a limit
/// stands among its higher rates.
std::vector<std::string> drop_outs(const Decision& decision, const std::string& subject) {
  std::vector<std::string> lines;
  const Headroom* room = headroom_of(decision, subject);
  for (const Sensitivity& around : decision.sensitivities) {
    for (const VariedPoint& point : around.points) {
      const auto found = std::ranges::find(point.dropped, subject, &Dropped::subject);
      const bool told = around.subject == kRateVaried && room != nullptr && room->first_miss &&
                        room->first_miss->factor == point.factor;
      if (found == point.dropped.end() || told) continue;
      lines.push_back(
          fmt::format("Bad, because with {} at {} it is not chosen: {}", around.subject, point.value, found->why));
    }
  }
  return lines;
}

std::string cost_argument(const Decision& decision, const Assessment& one) {
  std::string cost = in_words(one.cpu_us, "us") + " of CPU time per request";
  if (const std::string share = cpu_share_in_words(decision, one); !share.empty()) {
    cost += fmt::format(", which is {} of {}", share, report::counted(decision.cpus, "CPU"));
  }
  if (one.subject == decision.verdict.cheapest) {
    return "Good, because it has the lowest CPU time in pairs with the others, with " + cost;
  }
  if (one.standing == Standing::choice) {
    return fmt::format("Good, because it was not shown to cost more than {} ({} times), with {}",
                       decision.verdict.cheapest, one.to_cheapest ? in_words(*one.to_cheapest) : "?", cost);
  }
  if (!one.dominated) return "Neutral, because it takes " + cost;
  std::string line = fmt::format("Bad, because it is dominated: {}, with {}", in_words(*one.dominated), cost);
  if (one.dominated->up_to_mib) {
    line += fmt::format("; with a memory limit above {} that difference would decide nothing",
                        report::format_with_unit(*one.dominated->up_to_mib, "MiB"));
  }
  return line;
}

std::string pros_and_cons(const Decision& decision, const Assessment& one, const std::string& folder) {
  std::vector<std::string> lines;
  for (const LimitAnswer& limit : one.limits) {
    if (limit.kept == Answer::yes) lines.push_back(fmt::format("Good, because it keeps the limit: {}", limit.words));
    if (limit.kept == Answer::no) lines.push_back(fmt::format("Bad, because it misses the limit: {}", limit.words));
    if (limit.kept == Answer::unknown) {
      lines.push_back(fmt::format("Neutral, because it was not decided whether it keeps the limit: {}", limit.words));
    }
  }
  lines.push_back(cost_argument(decision, one));
  if (decision.profile.memory_mib == std::nullopt) {
    lines.push_back("Neutral, because it needs " + in_words(one.memory_mib, "MiB") + " of memory");
  }
  if (const Headroom* room = headroom_of(decision, one.subject)) {
    lines.push_back(fmt::format("{}, because it {}", argument(room->at_twice), in_words(*room)));
  }
  for (std::string& line : drop_outs(decision, one.subject)) lines.push_back(std::move(line));
  for (const RuntimeCaveat& caveat : decision.caveats) {
    if (caveat.subject == one.subject) lines.push_back("Neutral, because " + caveat.words);
  }
  std::string head = fmt::format("### {}\n\n", one.subject), about;
  if (const CandidateFacts* facts = facts_of(decision, one.subject)) {
    if (!facts->like.empty())
      about = fmt::format("The choice of {}, whose own costs were not measured here.", facts->like);
    if (!facts->price.empty())
      lines.push_back(fmt::format("Neutral, because its price is known to be {}", facts->price));
    if (!facts->breaks_under.empty())
      lines.push_back(fmt::format("Neutral, because it is known to break under {}", facts->breaks_under));
    if (!facts->differs.empty()) lines.push_back(fmt::format("Neutral, because it {}", facts->differs));
  }
  if (const std::string units = units_in_words(one); !units.empty()) about += (about.empty() ? "" : " ") + units;
  if (!about.empty()) head += about + "\n\n";
  return head + bullets(lines) + "\n" + rows_of(decision, one, folder) + "\n\n";
}

std::string section(const std::string& heading, const std::vector<std::string>& lines) {
  return lines.empty() ? "" : heading + "\n\n" + bullets(lines) + "\n";
}

}  // namespace

std::string confirmation_command(const Decision& decision, const std::string& profile) {
  const std::string& one = decision.verdict.cheapest;
  return one.empty() ? "" : fmt::format("bakeoff decide {} --confirm {}", measure::shell_word(profile), one);
}

std::string decision_record(const Decision& decision, const RecordFacts& facts) {
  std::string text = fmt::format("---\nstatus: proposed\ndate: {}\n---\n\n# {}\n\n", facts.date, title(decision));
  text += "## Context and Problem Statement\n\n";
  text += fmt::format("{}\n\n", fmt::join(profile_sentences(decision), " "));
  text += fmt::format(
      "Measured on {} with {}. Models are small programs of bakeoff in C++. Requests do what the profile says and "
      "nothing else; service and load share the machine, without a network between them. What holds on {} says nothing "
      "of "
      "more.\n\n",
      facts.machine, facts.build, report::counted(decision.cpus, "CPU"));
  text += section("## Decision Drivers", drivers(decision));
  std::vector<std::string> options;
  for (const Assessment& one : decision.verdict.assessments) {
    options.push_back(fmt::format("{}: {}", one.subject, standing_in_words(one)));
  }
  for (const ExcludedCandidate& one : decision.candidates.excluded) {
    options.push_back(fmt::format("{}: not measured: {}", one.name, one.why));
  }
  text += section("## Considered Options", options);
  text += report::markdown_table(verdict_table(decision)) + "\n";
  text += "## Decision Outcome\n\n" + outcome(decision) + "\n";
  text += section("### Consequences", consequences(decision));
  std::vector<std::string> turns = sensitivity_sentences(decision);
  text += section("### What would turn it", turns);
  text += "### Confirmation\n\n";
  if (const std::string command = confirmation_command(decision, facts.profile); command.empty()) {
    text +=
        "There is no decision to confirm. After a change of the limits, the machine or the service this measures "
        "again:\n\n"
        "    bakeoff decide " +
        measure::shell_word(facts.profile) + " --again\n\n";
  } else {
    text += fmt::format(
        "    {}\n\nmeasures again, and exits with 3 when the decision no longer holds: when {} misses a limit, or is "
        "not in the choice any more. It exits with 4 when that cannot be decided.{}\n\n",
        command, decision.verdict.cheapest,
        decision.verdict.with(Standing::choice).size() == 1
            ? ""
            : " Where another of the choice is taken, its name stands there.");
  }
  text += "## Pros and Cons of the Options\n\n";
  for (const Assessment& one : decision.verdict.assessments) text += pros_and_cons(decision, one, facts.folder);
  text += "## More Information\n\n";
  std::vector<std::string> more{
      fmt::format("Rows, tables and the experiment of each phase: `{}`; `bakeoff report {}/asked` shows all figures",
                  facts.folder, measure::shell_word(facts.folder)),
      fmt::format("Rows of the higher rates and of the changed profiles: `{}/traffic/trials.jsonl` and "
                  "`{}/sensitivity/trials.jsonl`, a table for each value",
                  facts.folder, facts.folder),
      fmt::format("In a block each candidate serves the profile once, one after the other, for {:.3g} s after {:.3g} s "
                  "of warm-up",
                  decision.asked.window_s, decision.asked.warm_up_s),
      "Intervals are at 95 %, of the median over blocks; a limit is kept where the middle block is known to keep it"};
  if (decision.headroom.empty()) more.erase(more.begin() + 1);
  for (const std::string& phase : decision.left_out) more.push_back("Left out: " + phase);
  return text + bullets(more);
}

}  // namespace bakeoff::decide
