// What bakeoff doctor found, as text for a terminal and as JSON.
#pragma once

#include <string>
#include <vector>

#include "harness/doctor/finding.h"
#include "harness/doctor/known_programs.h"
#include "harness/report/terminal.h"

namespace bakeoff::doctor {

/// "ok", "note" or "!!" stands before each finding. Below one that is not good stands why it matters and what mends it.
/// Commands are never broken into two lines, so that they can be copied.
std::string findings_text(const std::vector<DoctorFinding>& findings, const std::vector<Installation>& installations,
                          const report::TerminalStyle& style);

/// {"findings": [{"area", "name", "level", "found", "why", "mend"}, ...]}
std::string findings_json(const std::vector<DoctorFinding>& findings);

}  // namespace bakeoff::doctor
