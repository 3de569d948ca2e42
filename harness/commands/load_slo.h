// bakeoff load URL --slo p99=5ms: the highest rate that meets an SLO, looked for by one load after another.
#pragma once

#include <functional>
#include <string>

#include "harness/journal/trial.h"
#include "harness/load/slo.h"

namespace bakeoff::commands {

struct SloCommand {
  std::string subject;  ///< The URL.
  load::Slo slo;
  double duration_s = 10;  ///< Of a confirmation; a step of the search is shorter.
  double warmup_s = 1;
  std::string format = "terminal";
};

/// One open load; blocks for its length. May throw; an interrupted one may return what it has.
using LoadAtRate = std::function<journal::Trial(double rate_rps, double warmup_s, double window_s)>;

/// Says each step on stderr and the result on stdout. Exit status: kDone, kNotMet when no rate meets it, kNoValid when
/// there is no answer (too many void steps, the server too unsteady, the generator too late from the first rate on),
/// kInterrupted with what was known until then.
int find_slo_rate(const SloCommand& command, const LoadAtRate& load);

/// What an SLO says to a load that is measured anyway: prints it, and makes kDone kNotMet where it was not met, or
/// kNoValid where the load is void. An exit status that is not kDone stays.
int judge_load(const journal::Trial& row, const load::Slo& slo, int status, const std::string& format);

}  // namespace bakeoff::commands
