#include "harness/doctor/topics.h"

namespace bakeoff::doctor {

std::vector<DoctorFinding> all_findings(const DoctorFacts& facts) {
  std::vector<DoctorFinding> all;
  for (const auto topic : {program_findings, cpu_findings, memory_findings, limit_findings, network_findings,
                           kernel_findings, neighbour_findings}) {
    for (DoctorFinding& finding : topic(facts)) all.push_back(std::move(finding));
  }
  return all;
}

}  // namespace bakeoff::doctor
