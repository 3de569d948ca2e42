// The search for the highest rate that meets an SLO, as text: a line per step, the summary, the JSON document.
#pragma once

#include <string>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/load/slo.h"
#include "harness/load/slo_search.h"
#include "harness/report/terminal_style.h"

namespace bakeoff::report::load {

struct SloTrial {
  bakeoff::load::SloStep step;
  double window_s = 0;
  bakeoff::load::SloVerdict verdict;
  journal::Trial row;
};

struct SloReport {
  std::string subject;
  bakeoff::load::Slo slo;
  double estimated_s = 0;  ///< As it was announced,
  double elapsed_s = 0;    ///< and as long as it really took.
  bakeoff::load::SloResult result{};
  std::vector<SloTrial> trials{};  ///< In the order in which they ran.
};

/// "  4000/s  0.5 s  pass  p99 1.2 ms"
std::string slo_step_line(const SloTrial& trial);

/// Last pass, first fail, what broke there, confirmations; or that it is met at no rate. How many steps were void, and
/// how long it took. Where the search came to no answer, that stands first. Several lines.
std::string slo_summary(const SloReport& report, const TerminalStyle& style = {});

/// One document: the result, and every step with its whole row.
std::string slo_json(const SloReport& report);

}  // namespace bakeoff::report::load
