// bakeoff decide: which concurrency model a service should take, measured with the service's own profile.
//
// In the order in which it goes: the profile (decide_profile.h), what can be said without measuring
// (decide/arithmetic.h), who takes part (decide/candidates.h), the phases (decide/phases.h), each a run with a result
// folder of its own (decide_folder.h), the verdict over their rows (decide/verdict.h), and the record.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/decide_folder.h"
#include "harness/commands/decide_profile.h"
#include "harness/commands/decide_steps.h"
#include "harness/commands/output_file.h"
#include "harness/commands/render.h"
#include "harness/decide/arithmetic.h"
#include "harness/decide/confirmation.h"
#include "harness/decide/expectation.h"
#include "harness/decide/record.h"
#include "harness/decide/verdict_table.h"
#include "harness/input/nearest_name.h"
#include "harness/input/resolve_name.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/utc_time.h"
#include "harness/report/text_layout.h"
#include "harness/subjects/interruption.h"
#include "harness/version.h"

namespace bakeoff::commands {
namespace {

void print_sentences(const char* heading, const std::vector<std::string>& sentences) {
  if (sentences.empty()) return;
  const std::size_t width = stdout_style().sentence_width();
  fmt::print("{}\n", heading);
  for (const std::string& sentence : sentences) fmt::print("{}", report::wrapped_text("  " + sentence, width, 4));
  fmt::print("\n");
}

void print_decision(const decide::Decision& decision) {
  fmt::print("{}\n", report::terminal_table(decide::verdict_table(decision), stdout_style()));
  print_sentences("Decision", decide::outcome_sentences(decision));
  print_sentences("More traffic", decide::headroom_sentences(decision));
  print_sentences("What would turn it", decide::sensitivity_sentences(decision));
  print_sentences("Left out", decision.left_out);
}

/// Names that the command line gives as the decision: subjects that are measured.
std::vector<std::string> confirmed_names(const DecideOptions& options, const subjects::Inventory& inventory) {
  std::vector<std::string> names;
  for (const std::string& word : options.confirm) names.push_back(check_subject(inventory, word).name);
  return names;
}

int confirm_decision(const decide::Decision& decision, const std::vector<std::string>& chosen) {
  const decide::Confirmation result = decide::confirm(decision.verdict, chosen);
  std::vector<std::string> words = result.words;
  words.emplace_back(result.holds == decide::Answer::yes  ? "The decision holds."
                     : result.holds == decide::Answer::no ? "The decision no longer holds."
                                                          : "Whether the decision holds was not decided.");
  print_sentences("Confirmation", words);
  return result.holds == decide::Answer::yes ? kDone : result.holds == decide::Answer::no ? kNotMet : kNoValid;
}

int check_expectations(const std::vector<decide::Expectation>& expectations, const std::vector<journal::Trial>& rows) {
  int status = kDone;
  std::vector<std::string> words;
  for (const decide::Expectation& one : expectations) {
    const decide::Expected found = decide::check_expectation(one, rows, decide::kAskedTable);
    words.push_back(found.words);
    if (found.holds == decide::Answer::no) status = kNotMet;
    if (found.holds == decide::Answer::unknown && status == kDone) status = kNoValid;
  }
  print_sentences("Expected", words);
  return status;
}

std::string record_of(const decide::Decision& decision, const DecideFolder& folder) {
  const std::string machine = machine_of(folder, decision.asked);
  return decide::decision_record(
      decision, {.date = measure::utc_now().substr(0, 10),
                 .folder = folder.path.string(),
                 .profile = (folder.path / kProfileFile).string(),
                 .machine = machine.empty() ? "this machine" : machine,
                 .build = fmt::format("bakeoff {} ({}{})", kVersion, kCommit, kDirty ? ", changed" : "")});
}

/// What the options and the profile say together; nothing is measured yet.
struct Asked {
  decide::Profile profile;
  std::vector<std::string> confirmed{};
  std::vector<decide::Expectation> expectations{};
  decide::CandidateList candidates{};
  std::vector<decide::CandidateFacts> facts{};
  std::uint64_t cpus = 0;
};

void refuse_what_cannot_be(const Asked& asked) {
  const std::uint64_t given = asked.profile.cpus == 0 ? asked.cpus : asked.profile.cpus;
  std::string why = decide::contradiction(asked.profile, given);
  if (why.empty() && asked.cpus < given) {
    why = decide::contradiction(asked.profile, asked.cpus);
    if (!why.empty()) why += fmt::format(" here (the profile gives it {})", given);
  }
  if (!why.empty()) throw UsageError("decide: nobody can serve this: " + why);
  if (!asked.candidates.measured.empty()) return;
  std::vector<std::string> reasons;
  for (const decide::ExcludedCandidate& one : asked.candidates.excluded) reasons.push_back(one.name + ": " + one.why);
  throw UsageError(fmt::format("decide: found no candidate that can serve this profile: {}", fmt::join(reasons, "; ")));
}

std::optional<Asked> understand(const DecideOptions& options) {
  auto profile = chosen_profile(options);
  if (!profile) return std::nullopt;
  if (options.profile.empty() && options.given.empty()) {
    tell("The same without questions: bakeoff decide " + decide::to_options(*profile));
  }
  Asked asked{.profile = *profile};
  const subjects::Inventory inventory = full_inventory();
  for (const std::string& text : options.expect) asked.expectations.push_back(decide::parse_expectation(text));
  asked.confirmed = confirmed_names(options, inventory);
  std::vector<std::string> names = candidate_names(*profile, inventory);
  for (const std::string& name : asked.confirmed) {
    if (!input::contains(names, name)) names.push_back(name);
  }
  for (const decide::Expectation& one : asked.expectations) {
    for (const std::string& name : {one.subject, one.against}) {
      if (!name.empty() && !input::contains(names, name)) names.push_back(check_subject(inventory, name).name);
    }
  }
  asked.candidates = decide::choose_candidates(*profile, names, inventory);
  asked.facts = candidate_facts(names, inventory);
  const measure::CpuSplit split = measure::split_cpus(measure::allowed_cpus());
  asked.cpus = profile->cpus == 0 ? split.subject.size() : std::min<std::uint64_t>(profile->cpus, split.subject.size());
  refuse_what_cannot_be(asked);
  return asked;
}

}  // namespace

int decide_command(const DecideOptions& options) {
  std::optional<Asked> asked = understand(options);
  if (!asked) return kInterrupted;
  OutputFile adr("--adr", options.adr);
  const bool confirms = !asked->confirmed.empty();
  DecideFolder folder = open_decide_folder(
      asked->profile, options.out, options.again || (confirms && options.out.empty()), confirms ? "confirm" : "decide");
  decide::Decision decision{
      .profile = folder.profile, .cpus = asked->cpus, .candidates = asked->candidates, .facts = asked->facts};
  const bool shows = options.format == "terminal";
  if (shows) print_sentences("Profile", decide::profile_sentences(decision));
  std::fflush(stdout);
  tell(fmt::format("{} {}", folder.goes_on ? "goes on with what was measured in" : "measurements go to",
                   folder.path.string()));
  std::vector<std::string> skip = options.skip;
  if (confirms) skip = kDecidePhases;
  const MeasuredDecision measured = measure_decision(decision, folder, {skip, shows && !confirms, options.arguments});
  if (confirms) decision.left_out.clear();
  if (shows) print_decision(decision);
  if (!shows) fmt::print("{}", decide::decision_json(decision));
  const std::string record = record_of(decision, folder);
  if (!confirms) write_file(folder.path / kRecordFile, record);
  adr.write(record);
  adr.check();
  tell(fmt::format("rows{}: {}", confirms ? "" : " and record", folder.path.string()));
  if (measured.status == kInterrupted) {
    tell("interrupted: the same command goes on from here");
    return kInterrupted;
  }
  int status = confirms ? confirm_decision(decision, asked->confirmed) : kDone;
  if (!asked->expectations.empty()) status = std::max(status, check_expectations(asked->expectations, measured.asked));
  if (status == kDone && measured.status != kDone) return measured.status;
  return status;
}

}  // namespace bakeoff::commands
