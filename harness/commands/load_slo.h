// bakeoff load URL --slo p99=5ms: searches for the highest rate that meets an SLO, by one load after another.
#pragma once

#include <functional>
#include <string>

#include "harness/commands/load_once.h"
#include "harness/load/slo.h"

namespace bakeoff::commands {

struct SloCommand {
  std::string subject;  ///< The URL.
  load::Slo slo;
  double duration_s = 10;  ///< The length of a confirmation; a step of the search is shorter.
  double warmup_s = 1;
  std::string format = "terminal";
};

/// One open load; blocks for its length. May throw; an interrupted one may return what it has.
using LoadAtRate = std::function<LoadResult(double rate_rps, double warmup_s, double window_s)>;

/// Prints each step on stderr and the result on stdout. Returns kDone; kNotMet when no rate meets the SLO; kNoValid
/// when there is no answer (too many void steps, too unsteady a server, a generator that is late from the first rate
/// on); or kInterrupted with what was known until then.
int find_slo_rate(const SloCommand& command, const LoadAtRate& load);

/// Judges a load that was measured anyway by an SLO and prints the verdict. Returns kNotMet instead of kDone if it was
/// not met, and kNoValid if the load is void. Any other status stays.
int judge_load(const LoadResult& loaded, const load::Slo& slo, int status, const std::string& format);

}  // namespace bakeoff::commands
