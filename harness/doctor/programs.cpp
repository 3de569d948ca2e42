// What is installed: programs of others, and the models of this build.
#include <fmt/format.h>

#include <algorithm>

#include "harness/doctor/finding_list.h"
#include "harness/doctor/known_programs.h"
#include "harness/doctor/topics.h"

namespace bakeoff::doctor {
namespace {

std::string snake_case(std::string name) {
  std::ranges::replace_if(
      name, [](char c) { return c == '-' || c == '.'; }, '_');
  std::ranges::replace(name, '+', 'x');  // g++: gxx.
  return name;
}

}  // namespace

std::vector<DoctorFinding> program_findings(const DoctorFacts& facts) {
  Findings findings("programs");
  const ModelsFacts& models = facts.models;
  if (!models.could_not_ask.empty()) {
    findings.trouble("models", "could not be asked for", "nothing can be run: " + models.could_not_ask,
                     "cmake --build --preset release");
  } else {
    findings.good("models", fmt::format("{} in this build{}", models.count - models.missing.size(),
                                        models.missing.empty() ? ", none is missing" : ""));
  }
  for (const MissingModel& model : models.missing) {
    findings.note(("model_" + snake_case(model.name)).c_str(), "missing", "it needs " + model.missing);
  }
  for (const auto& [need, path] : facts.programs) {
    const std::string name = snake_case((need.file_names.empty() ? need.program : need.file_names.front()) +
                                        (need.least.empty() ? "" : "-" + need.least));
    std::string passed_over;
    for (const std::string& one : need.passed_over) passed_over += "; passed over: " + one;
    if (!path.empty()) {
      findings.good(name.c_str(), path.string() + passed_over);
    } else {
      const std::string how = need.how.empty() ? "" : "; no package of Debian has it: " + need.how;
      findings.note(name.c_str(), "not found", "it is there for " + need.what_for + how + passed_over,
                    need.package.empty() ? "" : install_command(facts, {need.package}));
    }
  }
  return findings.take();
}

}  // namespace bakeoff::doctor
