#include "harness/commands/other_build.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/commands/commands.h"
#include "harness/input/resolve_name.h"
#include "harness/journal/earlier_settings.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/inventory_names.h"
#include "harness/subjects/variant.h"

namespace bakeoff::commands {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "bakeoff-subject";

[[noreturn]] void lacks(const fs::path& program, const char* what, const std::string& name) {
  throw UsageError(fmt::format("--against: {} has no {} \"{}\"; narrow the experiment with {}", program.string(), what,
                               name, std::string_view(what) == "model" ? "--subjects" : "--workloads"));
}

}  // namespace

std::string name_in_other_build(const subjects::Inventory& other, const fs::path& program, std::string name) {
  for (const journal::EarlierSetting& one : journal::earlier_settings()) {
    const subjects::Subject* const model = other.find(std::string(one.model));
    if (model == nullptr || subjects::model_name_of(name) != one.model) continue;
    if (std::ranges::find(model->settings, one.setting, &subjects::SettingFacts::name) != model->settings.end())
      continue;
    const std::string begin = fmt::format(":{}=", one.setting);
    const std::size_t found = name.find(begin);
    const std::string chosen = found == std::string::npos ? begin + std::string(one.today)
                                                          : name.substr(found, name.find(':', found + 1) - found);
    if (chosen != begin + std::string(one.earlier)) lacks(program, "model", std::string(one.model) + chosen);
    if (found != std::string::npos) name.erase(found, chosen.size());
  }
  return name;
}

fs::path find_other_program(const fs::path& build) {
  std::error_code error;
  if (fs::is_regular_file(build, error)) {
    return build.filename() == "bakeoff" ? fs::absolute(build).parent_path() / kProgram : fs::absolute(build);
  }
  constexpr std::array kPlaces{"", "bin", "build/release/bin"};
  for (const char* place : kPlaces) {
    const fs::path program = build / place / kProgram;
    if (fs::is_regular_file(program, error)) return fs::absolute(program);
  }
  throw UsageError(fmt::format("--against: found no {0} in {1}, {1}/bin or {1}/build/release/bin; expected a build",
                               kProgram, build.string()));
}

OtherBuild add_other_build(subjects::Inventory& inventory, const fs::path& program, const experiment::Spec& spec) {
  const subjects::Inventory other = subjects::describe_subject_program(program);
  const std::vector<std::string> workloads = subjects::entry_names(other.workloads);
  const std::vector<std::string> jobs = subjects::entry_names(other.jobs);
  for (const experiment::TableSpec& table : spec.tables) {
    if (table.has_servers() && !input::contains(workloads, table.work)) {
      lacks(program, "workload", table.work);
    }
    if (table.kind == journal::TrialKind::job && !input::contains(jobs, table.work)) lacks(program, "job", table.work);
  }
  for (const std::string& name : spec.subjects) {
    try {
      inventory.subjects.push_back(subjects::make_variant(other, name_in_other_build(other, program, name)));
    } catch (const subjects::VariantError&) {
      lacks(program, "model", name);
    }
    inventory.subjects.back().name += journal::kOtherBuildSuffix;
  }
  const subjects::SubjectBuild& build = other.build;
  return {program, fmt::format("{}, {}, {}", build.version, build.compiler, build.build_type)};
}

}  // namespace bakeoff::commands
