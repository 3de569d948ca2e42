#include "harness/subjects/groups.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>

#include "harness/subjects/variant.h"

namespace bakeoff::subjects {
namespace {

constexpr std::array<std::string_view, 3> kKindsOfSubjects{"models", "servers", "runtimes"};

void add_group(std::vector<std::string>& groups, std::string_view name) {
  std::string group = "@" + std::string(name);
  if (std::ranges::find(groups, group) == groups.end()) groups.push_back(std::move(group));
}

}  // namespace

std::string Subject::family() const {
  if (role == Role::executor) return "executors";
  if (role == Role::probe) return "probes";
  const std::string_view is = kind();
  const std::string folder = is == "runtimes" ? std::filesystem::path(file).parent_path().filename().string() : "";
  return folder.empty() ? std::string(is) : folder;
}

bool is_group(std::string_view word) {
  return word.starts_with('@');
}

bool is_language(std::string_view family) {
  constexpr std::array<std::string_view, 4> kOthers{"models", "servers", "executors", "probes"};
  return std::ranges::find(kOthers, family) == kOthers.end();
}

std::vector<std::string> group_names(const Inventory& inventory) {
  std::vector<std::string> groups;
  for (const std::string_view kind : kKindsOfSubjects) {
    if (std::ranges::any_of(inventory.subjects, [&](const Subject& one) { return one.kind() == kind; }))
      add_group(groups, kind);
  }
  for (const Subject& one : inventory.subjects) add_group(groups, one.family());
  return groups;
}

std::vector<std::string> members_of_group(std::string_view group, const Inventory& inventory) {
  const std::string_view name = group.substr(1);
  std::vector<std::string> members;
  for (const Subject& one : inventory.subjects) {
    if (one.name == one.model && (name == one.kind() || name == one.family())) members.push_back(one.name);
  }
  return members;
}

std::vector<std::string> members_of_group(std::string_view group, const Inventory& inventory,
                                          const std::vector<std::string>& chosen) {
  std::vector<std::string> members;
  for (const std::string& member : members_of_group(group, inventory)) {
    const std::size_t before = members.size();
    std::ranges::copy_if(chosen, std::back_inserter(members),
                         [&](const std::string& one) { return model_name_of(one) == member; });
    if (members.size() == before) members.push_back(member);
  }
  return members;
}

}  // namespace bakeoff::subjects
