// From facts to findings, one function and one file per topic. Pure: the same facts give the same findings in the same
// order. Every topic has a finding for each thing that it knows, also when all is well.
#pragma once

#include <string>
#include <vector>

#include "harness/doctor/facts.h"
#include "harness/doctor/finding.h"

namespace bakeoff::doctor {

std::vector<DoctorFinding> program_findings(const DoctorFacts& facts);
std::vector<DoctorFinding> cpu_findings(const DoctorFacts& facts);
std::vector<DoctorFinding> memory_findings(const DoctorFacts& facts);
std::vector<DoctorFinding> limit_findings(const DoctorFacts& facts);
std::vector<DoctorFinding> network_findings(const DoctorFacts& facts);
std::vector<DoctorFinding> kernel_findings(const DoctorFacts& facts);
std::vector<DoctorFinding> neighbour_findings(const DoctorFacts& facts);

/// All of the above, in that order.
std::vector<DoctorFinding> all_findings(const DoctorFacts& facts);

}  // namespace bakeoff::doctor
