#include "harness/report/compare/manifest_differences.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <set>

namespace bakeoff::report::compare {
namespace {

std::string text_of(const std::string& text) {
  return text;
}
std::string text_of(std::uint64_t number) {
  return std::to_string(number);
}
std::string text_of(const std::optional<bool>& flag) {
  return flag ? (*flag ? "yes" : "no") : "";
}
std::string text_of(const std::optional<std::uint64_t>& number) {
  return number ? std::to_string(*number) : "";
}
std::string text_of(const std::vector<int>& cpus) {
  return fmt::format("{}", fmt::join(cpus, ","));
}

// "sha1:24dfacfef77e": enough to tell two programs apart.
std::string short_hash(const std::string& hash) {
  constexpr std::size_t kDigits = 12;
  const std::size_t colon = hash.find(':');
  return hash.substr(0, (colon == std::string::npos ? 0 : colon + 1) + kDigits);
}

std::string memory_of(const measure::MachineFacts& machine) {
  if (!machine.memory_kib) return "";
  return fmt::format("{:.1f} GiB", static_cast<double>(*machine.memory_kib) / 1024 / 1024);
}

struct Fact {
  const char* name;
  std::string (*extract)(const journal::Manifest&);
};

const std::array kFacts{
    Fact{"host", [](const journal::Manifest& run) { return text_of(run.machine.host); }},
    Fact{"CPU", [](const journal::Manifest& run) { return text_of(run.machine.cpu_model); }},
    Fact{"CPUs online", [](const journal::Manifest& run) { return text_of(run.machine.cpus_online); }},
    Fact{"CPUs allowed", [](const journal::Manifest& run) { return text_of(run.machine.cpus); }},
    Fact{"CPUs of the subject", [](const journal::Manifest& run) { return text_of(run.subject_cpus); }},
    Fact{"CPUs of the load", [](const journal::Manifest& run) { return text_of(run.load_cpus); }},
    Fact{"memory", [](const journal::Manifest& run) { return memory_of(run.machine); }},
    Fact{"kernel", [](const journal::Manifest& run) { return text_of(run.machine.kernel); }},
    Fact{"system", [](const journal::Manifest& run) { return text_of(run.machine.os); }},
    Fact{"virtualisation", [](const journal::Manifest& run) { return text_of(run.machine.virtualisation); }},
    Fact{"governor", [](const journal::Manifest& run) { return text_of(run.machine.governor); }},
    Fact{"turbo", [](const journal::Manifest& run) { return text_of(run.machine.turbo); }},
    Fact{"hyperthreads", [](const journal::Manifest& run) { return text_of(run.machine.smt); }},
    Fact{"preemption", [](const journal::Manifest& run) { return text_of(run.machine.preemption); }},
    Fact{"clock source", [](const journal::Manifest& run) { return text_of(run.machine.clocksource); }},
    Fact{"huge pages", [](const journal::Manifest& run) { return text_of(run.machine.transparent_hugepages); }},
    Fact{"congestion control", [](const journal::Manifest& run) { return text_of(run.machine.congestion_control); }},
    Fact{"bakeoff", [](const journal::Manifest& run) { return text_of(run.bakeoff_version); }},
    Fact{"commit", [](const journal::Manifest& run) { return text_of(run.commit); }},
    Fact{"uncommitted changes", [](const journal::Manifest& run) { return text_of(run.dirty); }},
    Fact{"harness program", [](const journal::Manifest& run) { return short_hash(run.harness_hash); }},
    Fact{"subject program", [](const journal::Manifest& run) { return short_hash(run.subject_hash); }},
    Fact{"compiler", [](const journal::Manifest& run) { return text_of(run.compiler); }},
    Fact{"build type", [](const journal::Manifest& run) { return text_of(run.build_type); }},
    Fact{"flags", [](const journal::Manifest& run) { return text_of(run.flags); }},
    Fact{"Boost", [](const journal::Manifest& run) { return text_of(run.boost_version); }},
    Fact{"experiment", [](const journal::Manifest& run) { return text_of(run.experiment); }},
    Fact{"experiment file", [](const journal::Manifest& run) { return short_hash(run.experiment_hash); }},
    Fact{"seed", [](const journal::Manifest& run) { return text_of(run.seed); }},
};

// A dozen of them have long texts: the names say enough.
std::string mitigations_that_differ(const measure::MachineFacts& before, const measure::MachineFacts& after) {
  std::set<std::string> names;
  const auto add_different = [&](const measure::MachineFacts& one, const measure::MachineFacts& other) {
    for (const auto& [name, state] : one.mitigations) {
      const auto found = other.mitigations.find(name);
      if (found == other.mitigations.end() || found->second != state) names.insert(name);
    }
  };
  add_different(before, after);
  add_different(after, before);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::vector<std::string> manifest_differences(const journal::Manifest& before, const journal::Manifest& after) {
  std::vector<std::string> lines;
  const auto shown = [](const std::string& text) { return text.empty() ? std::string("unknown") : text; };
  for (const Fact& fact : kFacts) {
    const std::string one = fact.extract(before);
    const std::string other = fact.extract(after);
    if (one != other) lines.push_back(fmt::format("{}: {} against {}", fact.name, shown(one), shown(other)));
  }
  const std::string mitigations = mitigations_that_differ(before.machine, after.machine);
  if (!mitigations.empty()) lines.push_back("mitigations: not the same for " + mitigations);
  return lines;
}

}  // namespace bakeoff::report::compare
