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
#include "harness/decide/decision_json.h"
#include "harness/decide/expectation.h"
#include "harness/decide/record.h"
#include "harness/decide/verdict_table.h"
#include "harness/input/resolve_name.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/plain_text.h"
#include "harness/report/text_layout.h"
#include "harness/validity/validity.h"

namespace bakeoff::commands {
namespace {

void print_sentences(const char* heading, const std::vector<std::string>& sentences) {
  if (sentences.empty()) return;
  const std::size_t width = stdout_style().sentence_width();
  fmt::print("{}\n", heading);
  for (const std::string& sentence : sentences) fmt::print("{}", report::wrapped_text("  " + sentence, width, 4));
  fmt::print("\n");
}

std::string verdict_in_words(const decide::Confirmation& confirmation) {
  return confirmation.holds == decide::Answer::yes  ? "The decision holds."
         : confirmation.holds == decide::Answer::no ? "The decision no longer holds."
                                                    : "Whether the decision holds was not decided.";
}

void print_decision(const decide::Decision& decision) {
  fmt::print("{}\n", report::terminal_table(decide::verdict_table(decision), stdout_style()));
  print_sentences("Decision", decide::outcome_sentences(decision));
  print_sentences("More traffic", decide::headroom_sentences(decision));
  print_sentences("What would turn it", decide::sensitivity_sentences(decision));
  print_sentences("Left out", decision.left_out);
  if (decision.confirmation) {
    std::vector<std::string> words = decision.confirmation->words;
    words.push_back(verdict_in_words(*decision.confirmation));
    print_sentences("Confirmation", words);
  }
  std::vector<std::string> expected;
  for (const decide::Expected& one : decision.expected) expected.push_back(one.words);
  print_sentences("Expected", expected);
}

/// Names that the command line gives as the decision: subjects that are measured.
std::vector<std::string> confirmed_names(const DecideOptions& options, const subjects::Inventory& inventory) {
  std::vector<std::string> names;
  for (const std::string& word : options.confirm) names.push_back(check_subject(inventory, word).name);
  return names;
}

/// What is not met comes before what is not known.
int status_of(const decide::Decision& decision) {
  std::vector<decide::Answer> answers;
  if (decision.confirmation) answers.push_back(decision.confirmation->holds);
  for (const decide::Expected& one : decision.expected) answers.push_back(one.holds);
  if (std::ranges::find(answers, decide::Answer::no) != answers.end()) return kNotMet;
  return std::ranges::find(answers, decide::Answer::unknown) != answers.end() ? kNoValid : kDone;
}

std::string record_of(const decide::Decision& decision, const DecideFolder& folder) {
  const PhaseFacts facts = facts_of_phase(folder, decision.asked.name).value_or(PhaseFacts());
  return decide::decision_record(decision, {.date = facts.date,
                                            .folder = folder.path.string(),
                                            .profile = (folder.path / kProfileFile).string(),
                                            .machine = facts.machine,
                                            .build = facts.build});
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
  asked.confirmed = confirmed_names(options, inventory);
  std::vector<std::string> names = candidate_names(*profile, inventory);
  const std::size_t wanted = names.size();
  const auto add = [&](const std::string& name) {
    if (!name.empty() && !input::contains(names, name)) names.push_back(name);
  };
  for (const std::string& name : asked.confirmed) add(name);
  for (const std::string& text : options.expect) {
    decide::Expectation one = decide::parse_expectation(text);
    one.subject = check_subject(inventory, one.subject).name;
    if (!one.against.empty()) one.against = check_subject(inventory, one.against).name;
    add(one.subject);
    add(one.against);
    asked.expectations.push_back(std::move(one));
  }
  if (names.size() > wanted) asked.profile.candidates = names;  // What was measured without them does not say enough.
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
  const FolderChoice choice = options.again ? FolderChoice::fresh
                              : confirms    ? FolderChoice::unfinished
                                            : FolderChoice::newest;
  const DecideFolder folder = open_decide_folder(asked->profile, options.out, choice, confirms ? "confirm" : "decide");
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
  if (confirms) {
    decision.left_out.clear();
    decision.confirmation = decide::confirm(decision.verdict, asked->confirmed);
  }
  for (const decide::Expectation& one : asked->expectations) {
    decision.expected.push_back(decide::check_expectation(one, measured.asked, decide::kAskedTable));
  }
  const bool interrupted = measured.status == kInterrupted;
  if (shows) print_decision(decision);
  if (!shows) fmt::print("{}", decide::decision_json(decision));
  std::fflush(stdout);
  if (!interrupted && !confirms) {
    const std::string record = record_of(decision, folder);
    // A record in which somebody has written stays as long as there is nothing new.
    if (measured.ran || !std::filesystem::exists(folder.path / kRecordFile))
      write_file(folder.path / kRecordFile, record);
    adr.write(record);
    adr.check();
  }
  if (interrupted) {
    tell(fmt::format("interrupted: the same command with --out {} and without --again goes on from here",
                     measure::shell_word(folder.path.string())));
    return kInterrupted;
  }
  tell(fmt::format("rows{}: {}", confirms ? "" : " and record", folder.path.string()));
  // A gate answers for itself: memory may be valid where CPU time is not.
  if (decision.confirmation || !decision.expected.empty()) return status_of(decision);
  return std::ranges::any_of(measured.asked, validity::gives_valid_number) ? kDone : kNoValid;
}

}  // namespace bakeoff::commands
