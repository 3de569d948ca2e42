#include "harness/commands/check_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <utility>

#include "harness/commands/commands.h"
#include "harness/experiment/table_subjects.h"
#include "harness/input/nearest_name.h"
#include "harness/input/resolve_name.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/manifest.h"
#include "harness/subjects/variant.h"

namespace bakeoff::commands {
namespace {

[[noreturn]] void refuse(const std::string& kind, const std::string& name, const std::vector<std::string>& known) {
  const std::string found = name.empty() ? "no " + kind : fmt::format("{} \"{}\"", kind, name);
  throw UsageError(
      fmt::format("found {}, expected one of {}{}", found, input::join_names(known), input::did_you_mean(name, known)));
}

/// A probe is also named by what it measures, which several may do.
std::vector<std::string> with_measures(std::vector<std::string> names, const subjects::Inventory& inventory,
                                       const std::vector<subjects::Role>& roles) {
  if (std::ranges::find(roles, subjects::Role::probe) == roles.end()) return names;
  const std::vector<std::string> measures = subjects::measured_names(inventory);
  names.insert(names.begin(), measures.begin(), measures.end());
  return names;
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

}  // namespace

subjects::Inventory full_inventory() {
  subjects::Inventory inventory = subjects::describe_subject_program();
  subjects::add_foreign_subjects(inventory);
  return inventory;
}

subjects::Inventory inventory_with(const std::vector<std::filesystem::path>& folders) {
  subjects::Inventory inventory = full_inventory();
  for (const std::filesystem::path& folder : folders) subjects::add_subjects_in(folder, inventory);
  return inventory;
}

std::vector<std::string> take_subject_folders(std::vector<std::string>& words, subjects::Inventory& inventory,
                                              const std::string& where) {
  std::vector<std::string> folders, names, subjects_from_folders;
  for (const std::string& word : words) {
    std::error_code error;
    const bool path = word.find('/') != word.npos;
    const bool folder = !path && std::filesystem::is_directory(word, error) &&
                        !input::intended_name(subjects::close_variants(inventory, word));
    if (folder) input::tell_substitution(tell_user, "", word, "./" + word);
    (path || folder ? folders : names).push_back(word);
  }
  words = names;
  for (const std::string& folder : folders) {
    const auto found = subjects::add_subjects_in(folder, inventory);
    if (found.empty()) {
      throw UsageError(fmt::format("{}found no manifest in \"{}\", expected {} in it or in its folders", where, folder,
                                   subjects::kManifestName));
    }
    subjects_from_folders.insert(subjects_from_folders.end(), found.begin(), found.end());
  }
  return subjects_from_folders;
}

std::string take_subject_folder(const std::string& word, subjects::Inventory& inventory) {
  std::vector<std::string> words{word};
  const std::vector<std::string> found = take_subject_folders(words, inventory);
  if (found.size() > 1) {
    throw UsageError(fmt::format("found {} subjects in \"{}\" ({}), expected a folder with one", found.size(), word,
                                 fmt::join(found, ", ")));
  }
  return found.empty() ? word : found.front();
}

void tell_user(const std::string& line) {
  static std::set<std::string> told;
  if (told.insert(line).second) fmt::print(stderr, "bakeoff: {}\n", line);
}

subjects::Subject check_subject(const subjects::Inventory& inventory, const std::string& word,
                                const std::vector<subjects::Role>& roles) try {
  const std::vector<std::string> wanted = subjects::names_with_role(inventory, roles);
  const auto name = input::intended_name(subjects::close_variants(inventory, word), [&](const std::string& one) {
    return input::contains(wanted, subjects::model_name_of(one));
  });
  if (!name) {
    refuse(word_for(roles.back()), std::string(subjects::model_name_of(word)), with_measures(wanted, inventory, roles));
  }
  const subjects::Subject subject = subjects::make_variant(inventory, *name);
  if (const auto fault = experiment::conflicting_settings(subject)) {
    throw subjects::VariantError(fault->found, fault->expected);
  }
  input::tell_substitution(tell_user, "", word, *name);
  return subject;
} catch (const subjects::VariantError& error) {
  throw UsageError(fmt::format("model: {}", error.what()));
}

std::string check_name(const std::string& kind, const std::string& word, const std::vector<std::string>& known) {
  const input::ResolvedName one = input::resolve_name(word, known, tell_user);
  if (one.fault) refuse(kind, word, known);
  input::tell_substitution(tell_user, "", word, one.name);
  return one.name;
}

SubjectAndWork swap_if_reversed(const subjects::Inventory& inventory, SubjectAndWork words,
                                const std::vector<std::string>& works, const std::vector<subjects::Role>& roles) {
  const std::vector<std::string> subjects = subjects::names_with_role(inventory, roles);
  const auto is_subject = [&](const std::string& word) {
    return input::intended_name(subjects::model_name_of(word), subjects).has_value();
  };
  const auto is_work = [&](const std::string& word) { return input::intended_name(word, works).has_value(); };
  if (is_subject(words.subject) || !is_work(words.subject)) return words;
  // A work alone lacks its subject.
  if (!words.work.empty() && (is_work(words.work) || !is_subject(words.work))) return words;
  std::swap(words.subject, words.work);
  if (!words.subject.empty()) {
    input::tell_substitution(tell_user, "", words.work + " " + words.subject, words.subject + " " + words.work);
  }
  return words;
}

void check_units(const subjects::Subject& subject, const std::optional<std::uint64_t>& units) {
  if (!units) return;
  if (subject.units) {
    throw UsageError(fmt::format("--units: found {} beside \"{}\", expected one of the two", *units, subject.name));
  }
  if (*units > subject.max_units) {
    throw UsageError(fmt::format("--units: found {}, expected {}", *units, experiment::server_units_in_words(subject)));
  }
}

}  // namespace bakeoff::commands
