#include "harness/commands/decide_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "harness/commands/commands.h"
#include "harness/commands/dry_run.h"
#include "harness/commands/render.h"
#include "harness/decide/verdict_table.h"
#include "harness/input/resolve_name.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/descriptor_limit.h"
#include "harness/report/number_format.h"
#include "harness/subjects/variant.h"

namespace bakeoff::commands {
namespace {

constexpr std::uint64_t kFirstBlocks = 2;   ///< After which a first table is shown.
constexpr std::size_t kMostOfInterest = 5;  ///< Candidates whose sensitivity is measured, beside the Pareto set.
constexpr std::uint64_t kOtherDescriptors =
    250;  ///< That a server has open beside its connections, with room to spare.

decide::Reach reach_of_this_machine() {
  return {.connections = measure::most_descriptors() - kOtherDescriptors};
}

void announce(const decide::Phase& phase, std::size_t candidates) {
  tell(fmt::format("{}: {}, {} of {}, about {}", phase.name, report::counted(candidates, "candidate"),
                   report::counted(phase.variations.size(), "table"), report::counted(phase.blocks, "block"),
                   rough_time(phase.estimate_s)));
}

class Steps {
 public:
  Steps(decide::Decision& decision, const DecideFolder& folder, const DecideSteps& steps)
      : decision_(decision), folder_(folder), steps_(steps) {}

  MeasuredDecision run() {
    ask();
    if (measured_.status == kDone) try_traffic();
    if (measured_.status == kDone) try_sensitivity();
    return measured_;
  }

 private:
  std::vector<journal::Trial> measure(const decide::Phase& phase, std::uint64_t blocks) {
    measure::pin_to_cpus(allowed_);  // A run keeps the harness off the subject's CPUs.
    MeasuredPhase measured = measure_phase(folder_, phase, blocks, decision_.cpus, steps_.arguments);
    measured_.status = measured.status;
    return std::move(measured.rows);
  }

  void ask() {
    decision_.asked = decide::asked_phase(decision_.profile, decision_.candidates.measured, reach_);
    announce(decision_.asked, decision_.candidates.measured.size());
    if (steps_.shows_first && !has_rows(folder_, decision_.asked)) {
      decide::judge_asked(decision_, measure(decision_.asked, std::min(kFirstBlocks, decision_.asked.blocks)));
      report::Table table = decide::verdict_table(decision_);
      table.notes = {fmt::format("a first look: intervals and verdicts need {} more",
                                 report::counted(decision_.asked.blocks - decision_.verdict.blocks, "block"))};
      fmt::print("{}\n", report::terminal_table(table, stdout_style()));
      std::fflush(stdout);
    }
    if (measured_.status == kInterrupted) return;
    measured_.asked = measure(decision_.asked, decision_.asked.blocks);
    decide::judge_asked(decision_, measured_.asked);
    if (auto memory = decide::sensitivity_to_memory(decision_.verdict)) {
      decision_.sensitivities.push_back(std::move(*memory));
    }
  }

  double cheapest_us() const {
    const decide::Assessment* cheapest = decision_.verdict.find(decision_.verdict.cheapest);
    return cheapest->cpu_us.median.value_or(1);
  }

  /// Whether the phase is measured; otherwise the decision says what it would have told.
  bool wants(const char* phase, const std::string& tells) {
    if (!input::contains(steps_.skip, phase)) return true;
    decision_.left_out.push_back(fmt::format("{}: would say {}", phase, tells));
    return false;
  }

  void try_traffic() {
    if (!wants("traffic",
               "up to which rate each candidate keeps the limits, and whether twice the traffic turns the "
               "decision")) {
      return;
    }
    const std::vector<std::string> keeping = decide::candidates_of_interest(decision_.verdict, kMostOfInterest);
    if (keeping.empty()) {
      decision_.left_out.emplace_back("traffic: nobody keeps the limits at the profile's own rate");
      return;
    }
    decision_.traffic = decide::traffic_phase(decision_.profile, keeping, cheapest_us(), decision_.cpus, reach_);
    if (!decision_.traffic) {
      decision_.left_out.emplace_back("traffic: without a rate every candidate is at its highest already");
      return;
    }
    announce(*decision_.traffic, keeping.size());
    const std::vector<journal::Trial> rows = measure(*decision_.traffic, decision_.traffic->blocks);
    decision_.headroom = decide::headroom(rows, *decision_.traffic, keeping);
    if (auto rate = decide::sensitivity_to_rate(rows, *decision_.traffic, decision_.verdict, decision_.profile)) {
      decision_.sensitivities.push_back(std::move(*rate));
    }
  }

  void try_sensitivity() {
    if (!wants("sensitivity", "what else about the profile would have to change for another decision")) return;
    const std::vector<std::string> compared = decide::candidates_of_interest(decision_.verdict, kMostOfInterest);
    if (compared.size() < 2) {
      decision_.left_out.emplace_back(
          "sensitivity: fewer than two candidates keep the limits, so that no other "
          "decision can be compared");
      return;
    }
    const auto phase = decide::sensitivity_phase(decision_.profile, compared, cheapest_us(), decision_.cpus, reach_);
    if (!phase) {
      decision_.left_out.emplace_back("sensitivity: there is nothing about the profile that could be changed");
      return;
    }
    announce(*phase, compared.size());
    const std::vector<journal::Trial> rows = measure(*phase, phase->blocks);
    for (decide::Sensitivity& one : decide::sensitivities(rows, *phase, decision_.verdict, decision_.profile)) {
      decision_.sensitivities.push_back(std::move(one));
    }
  }

  decide::Decision& decision_;
  const DecideFolder& folder_;
  const DecideSteps& steps_;
  const std::vector<int> allowed_ = measure::allowed_cpus();
  const decide::Reach reach_ = reach_of_this_machine();
  MeasuredDecision measured_;
};

}  // namespace

MeasuredDecision measure_decision(decide::Decision& decision, const DecideFolder& folder, const DecideSteps& steps) {
  return Steps(decision, folder, steps).run();
}

std::vector<decide::CandidateFacts> candidate_facts(const std::vector<std::string>& names,
                                                    const subjects::Inventory& inventory) {
  std::vector<decide::CandidateFacts> facts;
  for (const std::string& name : names) {
    const subjects::Subject subject = subjects::make_variant(inventory, name);
    facts.push_back({.subject = name,
                     .like = subject.like,
                     .price = subject.price,
                     .breaks_under = subject.breaks_under,
                     .differs = subject.foreign ? subject.foreign->differs : ""});
  }
  return facts;
}

}  // namespace bakeoff::commands
