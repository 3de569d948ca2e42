#include "harness/doctor/topics.h"

namespace bakeoff {

std::vector<Finding> all_findings(const DoctorFacts& facts) {
  std::vector<Finding> all;
  for (const auto topic : {program_findings, cpu_findings, memory_findings, limit_findings, network_findings,
                           kernel_findings, neighbour_findings}) {
    for (Finding& finding : topic(facts)) all.push_back(std::move(finding));
  }
  return all;
}

}  // namespace bakeoff
