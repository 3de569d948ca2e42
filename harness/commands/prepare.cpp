// bakeoff prepare [SUBJECT...]: builds what the programs of foreign subjects are built from, ahead of a run.
#include <fmt/format.h>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/subjects/foreign_build.h"
#include "harness/subjects/groups.h"

namespace bakeoff::commands {
namespace {

/// Every subject that has something to build.
std::vector<std::string> built_subjects(const subjects::Inventory& inventory) {
  std::vector<std::string> names;
  for (const subjects::Subject& subject : inventory.subjects) {
    if (subject.foreign && subject.foreign->build) names.push_back(subject.name);
  }
  return names;
}

/// The subject that a word names, or those of a group.
std::vector<std::string> subjects_meant(const subjects::Inventory& inventory, const std::string& word) {
  if (!subjects::is_group(word)) return {check_subject(inventory, word).model};
  return subjects::members_of_group(check_name("group", word, subjects::group_names(inventory)), inventory);
}

}  // namespace

int prepare_command(const PrepareOptions& options) {
  subjects::Inventory inventory = full_inventory();
  std::vector<std::string> words = options.subjects;
  std::vector<std::string> names = take_subject_folders(words, inventory);
  for (const std::string& word : words) {
    const std::vector<std::string> meant = subjects_meant(inventory, word);
    names.insert(names.end(), meant.begin(), meant.end());
  }
  if (options.subjects.empty()) names = built_subjects(inventory);
  subjects::prepare_subjects(inventory, names, tell_user);
  bool ready = true;
  for (const std::string& name : names) {
    const subjects::Subject& subject = *inventory.find(name);
    if (!subject.missing.empty()) {
      fmt::print("{}: needs {}\n", name, subject.missing);
    } else if (!subject.failed_build.empty()) {
      fmt::print("{}: build failed: {}\n", name, subject.failed_build);
      ready = false;
    } else if (subject.foreign && subject.foreign->build) {
      fmt::print("{}: ready in {}\n", name, subject.foreign->built.string());
    } else {
      fmt::print("{}: has nothing to build\n", name);
    }
  }
  return ready ? kDone : kFailed;
}

}  // namespace bakeoff::commands
