#include "workloads/jobs/answers.h"

#include <numeric>

namespace bakeoff::workloads::jobs {

std::string first_wrong(std::string_view job, std::span<const std::uint64_t> expected,
                        std::span<const std::uint64_t> answers) {
  const std::string who = std::string(job) + ": ";
  if (answers.size() != expected.size()) {
    return who + "expected " + std::to_string(expected.size()) + " answers, got " + std::to_string(answers.size());
  }
  for (std::size_t unit = 0; unit < answers.size(); ++unit) {
    if (answers[unit] == expected[unit]) continue;
    return who + "unit " + std::to_string(unit) + " expected " + std::to_string(expected[unit]) + ", got " +
           std::to_string(answers[unit]);
  }
  return "";
}

std::uint64_t sum_of(std::span<const std::uint64_t> answers) {
  return std::accumulate(answers.begin(), answers.end(), std::uint64_t{0});
}

std::vector<NamedFigure> time_of(const ReportedRun& ran) {
  return {{"elapsed_ms", static_cast<double>(ran.elapsed_ns) / 1e6}};
}

std::vector<NamedFigure> time_and_cpu(const CompletedRun& ran) {
  constexpr double kNsPerMs = 1e6;
  return {{"elapsed_ms", static_cast<double>(ran.elapsed_ns) / kNsPerMs},
          {"cpu_ms", static_cast<double>(ran.cpu_ns) / kNsPerMs}};
}

}  // namespace bakeoff::workloads::jobs
