// What bakeoff doctor found, as text for a terminal and as JSON.
#pragma once

#include <string>
#include <vector>

#include "harness/doctor/finding.h"
#include "harness/doctor/known_programs.h"
#include "harness/report/terminal.h"

namespace bakeoff::doctor {

/// "ok", "note", "!!" before each; under those that are not good, why and what mends it. The commands are never broken
/// in two, so that they can be copied.
std::string findings_text(const std::vector<DoctorFinding>& findings, const std::vector<Installation>& installations,
                          const report::TerminalStyle& style);

/// {"findings": [{"area", "name", "level", "found", "why", "mend"}, ...]}
std::string findings_json(const std::vector<DoctorFinding>& findings);

}  // namespace bakeoff::doctor
