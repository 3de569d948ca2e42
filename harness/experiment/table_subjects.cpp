#include "harness/experiment/table_subjects.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "harness/experiment/memory_section.h"
#include "harness/input/nearest_name.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/inventory_names.h"
#include "harness/subjects/subject.h"
#include "harness/subjects/variant.h"

namespace bakeoff::experiment {
namespace {

using input::NameFault;

/// nullopt where no subject has the name, which has been told elsewhere.
std::optional<subjects::Subject> subject_named(const subjects::Inventory& inventory, const std::string& name) try {
  return subjects::make_variant(inventory, name);
} catch (const subjects::VariantError&) {
  return std::nullopt;
}

std::optional<NameFault> subject_fault(const std::string& name, const subjects::Inventory& inventory) try {
  return conflicting_settings(subjects::make_variant(inventory, name));
} catch (const subjects::VariantError& error) {
  return NameFault{error.found, error.expected};
}

bool has_setting(const std::vector<subjects::SettingFacts>& settings, const std::string& name) {
  return std::ranges::find(settings, name, &subjects::SettingFacts::name) != settings.end();
}

/// A setting in an executor's name that belongs to another job than this one.
std::optional<NameFault> setting_of_another_job(const subjects::Subject& subject, const std::string& work,
                                                const subjects::Inventory& inventory) {
  const auto job = std::ranges::find(inventory.jobs, work, &subjects::JobFacts::name);
  if (job == inventory.jobs.end()) return std::nullopt;
  const subjects::Subject& executor = *inventory.find(subject.model);
  for (const auto& [setting, value] : subject.set) {
    const bool of_a_job = std::ranges::any_of(inventory.jobs, [&, &name = setting](const subjects::JobFacts& one) {
      return has_setting(one.settings, name);
    });
    if (!of_a_job || has_setting(job->settings, setting) || !has_setting(executor.settings, setting)) continue;
    const std::vector<std::string> known = subjects::entry_names(job->settings);
    return NameFault{
        fmt::format("the setting \"{}\" in \"{}\"", setting, subject.name),
        known.empty() ? "none: the job " + work + " has no settings" : "one of " + input::join_names(known)};
  }
  return std::nullopt;
}

/// A setting in an executor's name that belongs to a job: the executor's workers know nothing of it.
std::optional<NameFault> setting_of_a_job(const subjects::Subject& subject, const subjects::Inventory& inventory) {
  for (const auto& [setting, value] : subject.set) {
    const bool of_a_job = std::ranges::any_of(inventory.jobs, [&, &name = setting](const subjects::JobFacts& one) {
      return has_setting(one.settings, name);
    });
    if (!of_a_job) continue;
    return NameFault{fmt::format("the setting \"{}\" in \"{}\"", setting, subject.name),
                     "none that belongs to a job: a queue has jobs of its own"};
  }
  return std::nullopt;
}

std::string units_in_words(const subjects::Subject& subject, std::uint64_t most, const std::string& meaning) {
  return (most == 1 ? "1" : fmt::format("a whole number from 1 to {}", most)) +
         fmt::format(": of {} they are {}", subject.name, meaning);
}

std::uint64_t most_units_of_executor(const subjects::Inventory& inventory, const std::string& executor) {
  const auto found = std::ranges::find_if(inventory.executors_and_probes, [&](const subjects::Subject& one) {
    return one.role == subjects::Role::executor && one.name == executor;
  });
  return found == inventory.executors_and_probes.end() ? UINT64_MAX : found->max_units;
}

}  // namespace

std::optional<NameFault> conflicting_settings(const subjects::Subject& subject) try {
  subjects::check_settings(subject);
  return std::nullopt;
} catch (const std::invalid_argument& error) {
  return NameFault{fmt::format("\"{}\"", subject.name), fmt::format("settings that go together ({})", error.what())};
}

input::ResolvedName resolve_subject(const std::string& word, std::span<const TableSpec> tables,
                                    const subjects::Inventory& inventory, const input::Tell& tell) {
  if (!tell) return {word, subject_fault(word, inventory)};
  input::CloseNames alike = subjects::close_variants(inventory, word);
  const auto is_one = [&](const std::string& name) { return !subject_fault(name, inventory); };
  if (alike[0].empty() && is_one(word)) alike[0] = {word};
  const auto has_place = [&](const std::string& name) {
    return is_one(name) && std::ranges::none_of(tables, [&](const TableSpec& table) {
             return why_not_in_table(table, name, inventory).has_value();
           });
  };
  std::optional<std::string> name = input::intended_name(alike, has_place);
  if (!name) name = input::intended_name(alike, is_one);
  if (name) return {*name};
  // The word is told what is wrong with it, or what would be wrong with the one that it stands for.
  const std::string& closest = input::intended_name(alike).value_or(word);
  return {word, subject_fault(closest, inventory)};
}

std::optional<NameFault> why_not_in_table(const TableSpec& table, const std::string& name,
                                          const subjects::Inventory& inventory) {
  const std::optional<subjects::Subject> subject = subject_named(inventory, name);
  if (!subject) return std::nullopt;
  const auto fault = [&](const std::string& expected) { return NameFault{fmt::format("\"{}\"", name), expected}; };
  if (table.kind == journal::TrialKind::probe) {
    if (subject->role == subjects::Role::probe && subject->measures == table.work) return std::nullopt;
    const std::vector<std::string> probes = subjects::probes_that_measure(inventory, table.work);
    return fault("one of the probes " + input::join_names(probes) + input::did_you_mean(name, probes));
  }
  if (subject->role == subjects::Role::probe) return fault("a model or an executor: a probe has tables of its own");
  if (table.is_queue() && subject->takes_jobs) return setting_of_a_job(*subject, inventory);
  if (table.is_queue() && !subject->foreign) {
    return fault("a kind of worker (" + input::join_names(subjects::names_of_workers(inventory)) +
                 ") or a runtime's program");
  }
  if (subject->role == subjects::Role::model) return std::nullopt;
  if (table.has_servers()) {
    return fault("a model or a server: an executor runs jobs only" +
                 input::did_you_mean(subjects::model_name_of(name), subjects::entry_names(inventory.subjects)));
  }
  return setting_of_another_job(*subject, table.work, inventory);
}

std::optional<std::string> expected_units(const TableSpec& table, const std::string& name,
                                          const subjects::Inventory& inventory) {
  if (!table.units || *table.units == subjects::kOneUnitPerCpu) return std::nullopt;
  const std::optional<subjects::Subject> subject = subject_named(inventory, name);
  if (!subject || subject->units) return std::nullopt;  // Its name says how many it has.
  const std::uint64_t most =
      table.has_servers() ? subject->max_units : most_units_of_executor(inventory, subject->executor);
  if (*table.units <= most) return std::nullopt;
  return table.has_servers() ? server_units_in_words(*subject)
                             : units_in_words(*subject, most, "those of the executor " + subject->executor);
}

std::string server_units_in_words(const subjects::Subject& subject) {
  return units_in_words(subject, subject.max_units, subject.units_meaning);
}

std::string why_not_answered(const TableSpec& table, const std::string& name, const subjects::Inventory& inventory) {
  const std::optional<subjects::Subject> subject = subject_named(inventory, name);
  if (!subject) return "";
  journal::Params params;
  params.load.request = table.load.request;
  params.transport = table.transport;
  if (std::string why = why_no_heap(table, *subject); !why.empty()) return why;
  if (table.is_queue())
    return subject->foreign && subject->foreign->work.empty() ? "it takes no jobs from a queue" : "";
  // What runs no job at all is told what it does instead.
  if (table.kind == journal::TrialKind::job && subject->foreign && !subject->foreign->jobs.empty()) {
    return subjects::why_job_not_offered(*subject, table.work);
  }
  return subjects::why_not_served(*subject, table.work, params);
}

}  // namespace bakeoff::experiment
