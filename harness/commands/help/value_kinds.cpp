#include <algorithm>
#include <array>

#include "harness/commands/help/completions.h"

namespace bakeoff::commands::help {
namespace {

constexpr std::array<std::string_view, 1> kExperiments{"experiments"};
constexpr std::array<std::string_view, 1> kProfiles{"profiles"};
constexpr std::array<std::string_view, 1> kSubjects{"subjects"};
constexpr std::array<std::string_view, 1> kWorkloads{"workloads"};
constexpr std::array<std::string_view, 2> kWorkloadsAndJobs{"workloads", "jobs"};
constexpr std::array<std::string_view, 2> kExecutorsAndModels{"executors", "models"};
constexpr std::array<std::string_view, 1> kJobs{"jobs"};
constexpr std::array<std::string_view, 1> kProbes{"probes"};

/// One value, one meaning: an option or argument with one of these takes the same wherever it is.
constexpr std::array kKinds{
    ValueKind{.value = "EXPERIMENT", .listed = kExperiments, .files = true},
    ValueKind{.value = "PROFILE", .listed = kProfiles, .files = true},
    ValueKind{.value = "MODEL", .listed = kSubjects},
    ValueKind{.value = "NAME", .listed = kSubjects},
    ValueKind{.value = "SUBJECTS", .listed = kSubjects, .several = true},
    ValueKind{.value = "WORKLOAD", .listed = kWorkloads},
    ValueKind{.value = "WORKLOADS", .listed = kWorkloadsAndJobs, .several = true},
    ValueKind{.value = "EXECUTOR", .listed = kExecutorsAndModels},
    ValueKind{.value = "JOB", .listed = kJobs},
    ValueKind{.value = "PROBE", .listed = kProbes},
    ValueKind{.value = "CHECKS", .several = true},
    ValueKind{.value = "FILE", .files = true},
    ValueKind{.value = "BUILD", .files = true},
    ValueKind{.value = "DIR", .folders = true},
    ValueKind{.value = "FOLDER", .folders = true},
    ValueKind{.value = "BEFORE", .folders = true},
    ValueKind{.value = "AFTER", .folders = true},
};

}  // namespace

ValueKind kind_of(std::string_view value) {
  const auto found = std::ranges::find(kKinds, value, &ValueKind::value);
  return found == kKinds.end() ? ValueKind{.value = value} : *found;
}

std::string first_sentence(const std::string& text) {
  std::string sentence = text.substr(0, text.find(". "));
  if (sentence.ends_with('.')) sentence.pop_back();
  return sentence;
}

}  // namespace bakeoff::commands::help
