#include "harness/commands/decide_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

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
  const std::uint64_t descriptors = measure::most_descriptors();
  return {.connections = descriptors > 2 * kOtherDescriptors ? descriptors - kOtherDescriptors : descriptors / 2};
}

void announce(const decide::Phase& phase, std::size_t candidates) {
  tell(fmt::format("{}: {}, {} of {}, about {}", phase.name, report::counted(candidates, "candidate"),
                   report::counted(phase.variations.size() + !phase.control.empty(), "table"),
                   report::counted(phase.blocks, "block"), rough_time(phase.estimate_s)));
}

class Steps {
 public:
  Steps(decide::Decision& decision, const DecideFolder& folder, const DecideSteps& steps)
      : decision_(decision), folder_(folder), steps_(steps) {}

  MeasuredDecision run() {
    ask();
    if (measured_.status == kDone) try_phase("traffic", [&] { try_traffic(); });
    if (measured_.status == kDone) try_phase("sensitivity", [&] { try_sensitivity(); });
    return measured_;
  }

 private:
  std::vector<journal::Trial> measure(const decide::Phase& phase, std::uint64_t blocks) {
    measure::pin_to_cpus(allowed_);  // A run keeps the harness off the subject's CPUs.
    MeasuredPhase measured = measure_phase(folder_, phase, blocks, decision_.cpus, steps_.arguments);
    if (measured.status == kInterrupted) measured_.status = kInterrupted;
    measured_.ran = measured_.ran || measured.ran;
    return std::move(measured.rows);
  }

  /// What was measured before stands, whatever becomes of a later phase.
  template <typename Try>
  void try_phase(const char* name, const Try& tries) {
    try {
      tries();
    } catch (const std::runtime_error& error) {
      decision_.left_out.push_back(fmt::format("{}: it failed: {}.", name, error.what()));
      tell(decision_.left_out.back());
    }
  }

  void ask() {
    decision_.asked = decide::asked_phase(decision_.profile, decision_.candidates.measured, reach_);
    const bool begins = !has_rows(folder_, decision_.asked);
    if (begins || !is_complete(folder_.path / decision_.asked.name)) {
      announce(decision_.asked, decision_.candidates.measured.size());
    }
    if (steps_.shows_first && begins) show_first();
    if (measured_.status == kInterrupted) return;
    measured_.asked = measure(decision_.asked, decision_.asked.blocks);
    if (const auto facts = facts_of_phase(folder_, decision_.asked.name)) decision_.cpus = facts->cpus;
    decide::judge_asked(decision_, measured_.asked);
    add(decide::sensitivity_to_memory(decision_.verdict));
    if (decision_.profile.slo) add(decide::sensitivity_to_latency(decision_.verdict, *decision_.profile.slo));
  }

  void add(std::optional<decide::Sensitivity> one) {
    if (one) decision_.sensitivities.push_back(std::move(*one));
  }

  void show_first() {
    measured_.asked = measure(decision_.asked, std::min(kFirstBlocks, decision_.asked.blocks));
    decide::judge_asked(decision_, measured_.asked);
    report::Table table = decide::verdict_table(decision_);
    table.notes = {
        fmt::format("a first look: intervals and verdicts need more blocks, {} in all", decision_.asked.blocks)};
    fmt::print("{}\n", report::terminal_table(table, stdout_style()));
    std::fflush(stdout);
  }

  decide::Cheapest cheapest() const {
    const decide::Assessment* found = decision_.verdict.find(decision_.verdict.cheapest);
    return {decision_.verdict.cheapest, found == nullptr ? 1 : found->cpu_us.median.value_or(1)};
  }

  /// Whether the phase is measured, or was; otherwise the decision says what it would have told.
  bool wants(const decide::Phase& phase, const std::string& tells) {
    if (!input::contains(steps_.skip, phase.name) || is_complete(folder_.path / phase.name)) return true;
    decision_.left_out.push_back(
        fmt::format("{}: it would say {}; it takes about {}.", phase.name, tells, rough_time(phase.estimate_s)));
    return false;
  }

  void leave_out(const char* phase, const std::string& why) {
    decision_.left_out.push_back(fmt::format("{}: {}.", phase, why));
  }

  std::vector<journal::Trial> measure_around(const decide::Phase& phase, const std::vector<std::string>& names) {
    decision_.compared_around = names;
    if (!is_complete(folder_.path / phase.name)) announce(phase, names.size());
    std::vector<journal::Trial> rows = measure(phase, phase.blocks);
    if (auto drift = decide::drift_of(rows, phase, decision_.verdict, decision_.profile)) {
      decision_.drifts.push_back(std::move(*drift));
    }
    return rows;
  }

  void try_traffic() {
    const std::vector<std::string> compared = decide::candidates_of_interest(decision_.verdict, kMostOfInterest);
    if (compared.empty()) return leave_out("traffic", "nobody is chosen at the profile's own rate");
    const auto phase = decide::traffic_phase(decision_.profile, compared, cheapest(), decision_.cpus, reach_);
    if (!phase) return leave_out("traffic", "without a rate every candidate is at its highest already");
    if (!wants(*phase,
               "up to which rate the candidates keep the limits, and whether twice the traffic turns the "
               "decision")) {
      return;
    }
    const std::vector<journal::Trial> rows = measure_around(*phase, compared);
    decision_.headroom = decide::headroom(rows, *phase, compared);
    add(decide::sensitivity_to_rate(rows, *phase, decision_.verdict, decision_.profile));
  }

  void try_sensitivity() {
    const std::vector<std::string> compared = decide::candidates_of_interest(decision_.verdict, kMostOfInterest);
    if (compared.size() < 2) {
      return leave_out("sensitivity",
                       "fewer than two candidates keep the limits at a known cost, so that there is no other decision "
                       "to compare with");
    }
    const auto phase = decide::sensitivity_phase(decision_.profile, compared, cheapest(), decision_.cpus, reach_);
    if (!phase) return leave_out("sensitivity", "there is nothing about the profile that could be changed");
    if (!wants(*phase, "what else about the profile would have to change for another decision")) return;
    const std::vector<journal::Trial> rows = measure_around(*phase, compared);
    for (decide::Sensitivity& one : decide::sensitivities(rows, *phase, decision_.verdict, decision_.profile)) {
      add(std::move(one));
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
