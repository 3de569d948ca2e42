// Looks for the highest rate that meets an SLO. Pure: it says which rate to try, and is told what came of it: a pass, a
// fail, or nothing, where the load was void.
//
// From the start rate it climbs, or goes down, by doubling, until a rate that passes and one that fails are known; then
// it bisects (geometrically) to 3 %. What it is told may be wrong, because others disturb a load by less than voids it:
//   - A fail is believed when it has come twice more than a pass at that rate: what the noise of a moment broke is not.
//   - The highest pass is repeated at full length, until the passes are `confirmations` more than the fails; with two
//     fails more than passes, the search continues below it. What shorter loads said of that rate no longer counts.
//   - In the end a rate a tenth above the lowest fail has to fail as clearly. Where it passes instead, the fails below
//     it were the noise's, are forgotten, and the search goes up again.
//   - Where loads of one rate contradict each other, both ends take one repeat more, at most two.
// A void load says nothing and is asked for again. Where loads are void because of their rate (the generator's own
// limit, a quota), the rate is given up after a few: nothing above it can be known, and the search ends below. With
// too many void loads, too many that contradict each other, or too many altogether, there is no answer.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "harness/load/slo.h"

namespace bakeoff::load {

struct SloSearchSettings {
  double start_rps = 1000;
  double floor_rps = 1;
  double ceiling_rps = 1e7;
  double factor = 2;        ///< From step to step while climbing and going down.
  double precision = 0.03;  ///< Between the last pass and the first fail.
  std::size_t confirmations = 3;
  std::size_t most_steps = 100;           ///< Steps that were not void; confirmations included.
  std::size_t max_extra_void_steps = 12;  ///< Void steps beyond as many as were not.
};

struct SloStep {
  double rate_rps = 0;
  bool confirms = false;  ///< At full length.
};

enum class SloEnd : std::uint8_t {
  none,          ///< The search is not over.
  found,         ///< Passes up to a rate that is confirmed, fails above it.
  nowhere,       ///< Even the floor fails.
  void_steps,    ///< Too many steps were void.
  unsteady,      ///< Too many steps contradicted each other.
  out_of_steps,  ///< All steps are used up.
};

struct SloResult {
  SloEnd end = SloEnd::none;
  std::optional<double> last_pass_rps{};   ///< Absent: not met at any rate that was tried.
  std::optional<double> first_fail_rps{};  ///< The lowest fail above it; absent: met up to the ceiling.
  std::string broke{};             ///< At the first fail: SloVerdict::broke, or with `own_limit` its void_reason.
  bool own_limit = false;          ///< What failed first was the load generator, or a quota, and not the server.
  std::size_t confirmations = 0;   ///< Loads of full length at the last pass that passed,
  std::size_t refutations = 0;     ///< and that failed.
  std::size_t steps = 0;           ///< Void ones included.
  std::size_t contradictions = 0;  ///< Steps that most of their rate contradict.
  std::map<std::string, std::size_t> voids{};  ///< By reason.
  std::size_t void_steps() const;
  bool conclusive() const { return end == SloEnd::found || end == SloEnd::nowhere; }
};

class SloSearch {
 public:
  explicit SloSearch(const SloSearchSettings& settings);

  /// What to try next; nullopt when the search is over. The same answer until record() is called.
  std::optional<SloStep> next() const { return next_step().step; }
  /// What came of the step that next() named.
  void record(const SloVerdict& verdict);

  /// What is known so far.
  SloResult result() const;

 private:
  /// What the steps at one rate have said.
  struct Evidence {
    std::size_t passes = 0, fails = 0;  ///< Only steps of full length, once there was one.
    bool full = false;
    std::string broke;             ///< By the last fail.
    std::size_t at_own_limit = 0;  ///< Void for it.
    std::size_t tries() const { return passes + fails; }
    long balance() const { return static_cast<long>(passes) - static_cast<long>(fails); }
  };
  using Rates = std::map<double, Evidence>;
  enum class State { pass, fail, open };
  /// `end` is none where there is a step.
  struct NextStep {
    std::optional<SloStep> step;
    SloEnd end = SloEnd::none;
  };

  NextStep next_step() const;
  NextStep confirm_ends(Rates::const_iterator pass, Rates::const_iterator fail) const;
  State state(const Evidence& evidence) const;
  std::size_t needed() const;
  Rates::const_iterator lowest_fail() const;
  Rates::const_iterator highest_pass() const;
  void count(Evidence& evidence, const SloStep& step, const SloVerdict& verdict);
  void believe_pass_above_fails(double rate_rps);

  SloSearchSettings settings_;
  Rates rates_;  ///< Below the lowest fail whatever passes or is open; above it what failed or checks it.
  std::size_t valid_ = 0;
  std::size_t contradictions_ = 0;
  std::map<std::string, std::size_t> voids_;
};

}  // namespace bakeoff::load
