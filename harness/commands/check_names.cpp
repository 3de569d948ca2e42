#include "harness/commands/check_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <utility>

#include "harness/commands/commands.h"
#include "harness/input/nearest_name.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/manifest.h"
#include "harness/subjects/variant.h"

namespace bakeoff::commands {
namespace {

[[noreturn]] void refuse(const std::string& kind, const std::string& name, const std::vector<std::string>& known) {
  const std::string found = name.empty() ? "no " + kind : fmt::format("{} \"{}\"", kind, name);
  throw UsageError(fmt::format("found {}, expected one of {}{}", found, input::join_names(known), input::did_you_mean(name, known)));
}

/// What there are probes for, each once.
std::vector<std::string> measures_of(const subjects::Inventory& inventory) {
  std::vector<std::string> measures;
  for (const subjects::Subject& one : inventory.executors_and_probes) {
    const bool listed = std::ranges::find(measures, one.measures) != measures.end();
    if (one.role == subjects::Role::probe && !listed) measures.push_back(one.measures);
  }
  return measures;
}

/// Names of the subjects that have one of the roles, each once.
std::vector<std::string> with_role(const subjects::Inventory& inventory, const std::vector<subjects::Role>& roles) {
  std::vector<std::string> wanted;
  for (const std::vector<subjects::Subject>* list : {&inventory.subjects, &inventory.executors_and_probes}) {
    for (const subjects::Subject& one : *list) {
      const bool fits = std::ranges::find(roles, one.role) != roles.end();
      if (fits && std::ranges::find(wanted, one.name) == wanted.end()) wanted.push_back(one.name);
    }
  }
  return wanted;
}

/// Probes are also named by what several of them measure.
std::vector<std::string> with_measures(std::vector<std::string> names, const subjects::Inventory& inventory,
                                       const std::vector<subjects::Role>& roles) {
  if (std::ranges::find(roles, subjects::Role::probe) == roles.end()) return names;
  std::vector<std::string> measures = measures_of(inventory);
  names.insert(names.begin(), measures.begin(), measures.end());
  return names;
}

bool is_one_of(std::string_view name, const std::vector<std::string>& names) {
  return std::ranges::find(names, name) != names.end();
}

/// The subject of a name, if there is one.
std::optional<subjects::Subject> variant_of(const subjects::Inventory& inventory, const std::string& name) try {
  return subjects::make_variant(inventory, name);
} catch (const subjects::VariantError&) {
  return std::nullopt;
}

std::optional<experiment::NameFault> conflicting_settings(const subjects::Subject& subject) try {
  subjects::check_settings(subject);
  return std::nullopt;
} catch (const std::invalid_argument& error) {
  return experiment::NameFault{fmt::format("\"{}\"", subject.name), fmt::format("settings that go together ({})", error.what())};
}

const char* word_for(subjects::Role role) {
  switch (role) {
    case subjects::Role::model:
      return "model";
    case subjects::Role::executor:
      return "executor or model";
    case subjects::Role::probe:
      return "probe";
  }
  return "subject";
}

std::uint64_t most_units(const subjects::Inventory& inventory, const std::string& executor) {
  const auto found = std::ranges::find_if(
      inventory.executors_and_probes, [&](const subjects::Subject& one) { return one.role == subjects::Role::executor && one.name == executor; });
  return found == inventory.executors_and_probes.end() ? UINT64_MAX : found->max_units;
}

std::vector<std::string> probes_that_measure(const subjects::Inventory& inventory, const std::string& measure) {
  std::vector<std::string> probes;
  for (const subjects::Subject& one : inventory.executors_and_probes) {
    if (one.role == subjects::Role::probe && one.measures == measure) probes.push_back(one.name);
  }
  return probes;
}

/// Why a subject has no place in such a table: it cannot do the work, or has a setting that the job has not.
std::optional<experiment::NameFault> misplaced(const subjects::Inventory& inventory, const std::string& name,
                                               journal::TrialKind kind, const std::string& work) {
  const subjects::Subject subject = subjects::make_variant(inventory, name);
  const auto fault = [&](const std::string& expected) {
    return std::optional(experiment::NameFault{fmt::format("\"{}\"", name), expected});
  };
  if (kind == journal::TrialKind::probe) {
    if (subject.role == subjects::Role::probe && subject.measures == work) return std::nullopt;
    const std::vector<std::string> probes = probes_that_measure(inventory, work);
    return fault("one of the probes " + input::join_names(probes) + input::did_you_mean(name, probes));
  }
  if (subject.role == subjects::Role::probe) return fault("a model or an executor: a probe has tables of its own");
  if (kind == journal::TrialKind::served) {
    if (subject.role == subjects::Role::model) return std::nullopt;
    return fault("a model or a server: an executor runs jobs only" +
                 input::did_you_mean(subjects::model_name_of(name), entry_names(inventory.subjects)));
  }
  if (subject.role != subjects::Role::executor) return std::nullopt;
  const auto job = std::ranges::find(inventory.jobs, work, &subjects::JobFacts::name);
  if (job == inventory.jobs.end()) return std::nullopt;
  const subjects::Subject& executor = *inventory.find(subject.model);
  for (const std::string& setting : subject.set) {
    const auto is_it = [&](const subjects::SettingFacts& facts) { return facts.name == setting; };
    const bool of_a_job =
        std::ranges::any_of(inventory.jobs, [&](const subjects::JobFacts& one) { return std::ranges::any_of(one.settings, is_it); });
    if (!of_a_job || std::ranges::any_of(job->settings, is_it)) continue;
    if (std::ranges::none_of(executor.settings, is_it)) continue;
    std::vector<std::string> known = entry_names(job->settings);
    return experiment::NameFault{fmt::format("the setting \"{}\" in \"{}\"", setting, name),
                 known.empty() ? "none: the job " + work + " has no settings" : "one of " + input::join_names(known)};
  }
  return std::nullopt;
}

}  // namespace

subjects::Inventory full_inventory() try {
  subjects::Inventory inventory = subjects::describe_subject_program();
  subjects::add_foreign_subjects(inventory);
  return inventory;
} catch (const experiment::InputError& error) {
  throw UsageError(error.what());
}

std::vector<std::string> take_subject_folders(std::vector<std::string>& words, subjects::Inventory& inventory) try {
  std::vector<std::string> folders, names, subjects_from_folders;
  for (const std::string& word : words) {
    std::error_code error;
    const bool path = word.find('/') != word.npos;
    const bool folder = !path && std::filesystem::is_directory(word, error) && !input::intended_name(subjects::close_variants(inventory, word));
    if (folder) tell_user(input::substitution_message(word, "./" + word));
    (path || folder ? folders : names).push_back(word);
  }
  words = names;
  for (const std::string& folder : folders) {
    const auto found = subjects::add_subjects_in(folder, inventory);
    if (found.empty()) {
      throw UsageError(fmt::format("--subjects: found no manifest in \"{}\", expected {} in it or in its folders",
                                   folder, subjects::kManifestName));
    }
    subjects_from_folders.insert(subjects_from_folders.end(), found.begin(), found.end());
  }
  return subjects_from_folders;
} catch (const experiment::InputError& error) {
  throw UsageError(error.what());
}

void tell_user(const std::string& line) {
  static std::set<std::string> told;
  if (told.insert(line).second) fmt::print(stderr, "bakeoff: {}\n", line);
}

subjects::Subject check_subject(const subjects::Inventory& inventory, const std::string& word, const std::vector<subjects::Role>& roles) try {
  const std::vector<std::string> wanted = with_role(inventory, roles);
  const auto name =
      input::intended_name(subjects::close_variants(inventory, word), [&](const std::string& one) { return is_one_of(subjects::model_name_of(one), wanted); });
  if (!name) refuse(word_for(roles.back()), std::string(subjects::model_name_of(word)), with_measures(wanted, inventory, roles));
  const subjects::Subject subject = subjects::make_variant(inventory, *name);
  if (const auto fault = conflicting_settings(subject)) throw subjects::VariantError(fault->found, fault->expected);
  if (*name != word) tell_user(input::substitution_message(word, *name));
  return subject;
} catch (const subjects::VariantError& error) {
  throw UsageError(fmt::format("model: {}", error.what()));
}

std::string check_name(const std::string& kind, const std::string& word, const std::vector<std::string>& all) {
  const auto name = input::intended_name(word, all);
  if (!name) refuse(kind, word, all);
  if (*name != word) tell_user(input::substitution_message(word, *name));
  return *name;
}

SubjectAndWork swap_if_reversed(const subjects::Inventory& inventory, SubjectAndWork words, const std::vector<std::string>& works,
                        const std::vector<subjects::Role>& roles) {
  const std::vector<std::string> subjects = with_role(inventory, roles);
  const auto is_subject = [&](const std::string& word) { return input::intended_name(subjects::model_name_of(word), subjects).has_value(); };
  const auto is_work = [&](const std::string& word) { return input::intended_name(word, works).has_value(); };
  if (is_subject(words.subject) || !is_work(words.subject)) return words;
  // A work alone lacks its subject.
  if (!words.work.empty() && (is_work(words.work) || !is_subject(words.work))) return words;
  std::swap(words.subject, words.work);
  if (!words.subject.empty()) {
    tell_user(input::substitution_message(words.work + " " + words.subject, words.subject + " " + words.work));
  }
  return words;
}

void check_units(const subjects::Subject& subject, const std::optional<std::uint64_t>& units) {
  if (!units) return;
  if (subject.units) {
    throw UsageError(fmt::format("--units: found {} beside \"{}\", expected one of the two", *units, subject.name));
  }
  if (*units > subject.max_units) {
    throw UsageError(fmt::format("--units: found {}, expected {}", *units,
                                 experiment::in_words({subject.max_units, subject.units_meaning, 0, ""}, subject.name, false)));
  }
}

experiment::Names names_of(const subjects::Inventory& inventory) {
  experiment::Names known;
  for (const subjects::Subject& subject : inventory.subjects) {
    if (!subject.foreign) known.models.push_back(subject.name);
  }
  known.workloads = entry_names(inventory.workloads);
  known.jobs = entry_names(inventory.jobs);
  known.fault = [inventory](const std::string& name) -> std::optional<experiment::NameFault> {
    try {
      return conflicting_settings(subjects::make_variant(inventory, name));
    } catch (const subjects::VariantError& error) {
      return experiment::NameFault{error.found, error.expected};
    }
  };
  known.measures = measures_of(inventory);
  known.probes = [inventory](const std::string& measure) { return probes_that_measure(inventory, measure); };
  // What no subject is called has been told elsewhere.
  known.misplaced = [inventory](const std::string& name, journal::TrialKind kind, const std::string& work) {
    return variant_of(inventory, name) ? misplaced(inventory, name, kind, work) : std::nullopt;
  };
  known.refusal = [inventory](const std::string& name, const experiment::TableSpec& table) -> std::string {
    const std::optional<subjects::Subject> subject = variant_of(inventory, name);
    if (!subject) return "";
    journal::Params params;
    params.load.request = table.load.request;
    return subjects::why_not_served(*subject, table.work, params);
  };
  known.alike = [inventory](const std::string& name) { return subjects::close_variants(inventory, name); };
  known.tell = tell_user;
  known.units = [inventory](const std::string& name) -> std::optional<experiment::UnitsRange> {
    const std::optional<subjects::Subject> subject = variant_of(inventory, name);
    if (!subject || subject->units) return std::nullopt;
    return experiment::UnitsRange{.most = subject->max_units,
                      .meaning = subject->units_meaning,
                      .most_in_job = most_units(inventory, subject->executor),
                      .executor = subject->executor};
  };
  return known;
}

}  // namespace bakeoff::commands
