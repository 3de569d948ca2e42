// The vectors of the jobs in workloads/PROTOCOLS.md.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bakeoff::conformance {

struct JobVector {
  std::string job;
  std::uint64_t units = 1, size = 0;
  std::map<std::string, std::string> settings{};  ///< Those of the job that are not its defaults.
  std::uint64_t answer = 0;
};

/// Throws std::runtime_error, with the line, when the page does not follow its own rules.
std::vector<JobVector> read_job_vectors(const std::string& path);

}  // namespace bakeoff::conformance
