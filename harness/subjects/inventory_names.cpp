#include "harness/subjects/inventory_names.h"

#include <algorithm>

namespace bakeoff::subjects {
namespace {

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

}  // namespace

std::vector<std::string> model_names(const Inventory& inventory) {
  std::vector<std::string> names;
  for (const Subject& subject : inventory.subjects) {
    if (!subject.foreign) names.push_back(subject.name);
  }
  return names;
}

std::vector<std::string> names_with_role(const Inventory& inventory, const std::vector<Role>& roles) {
  std::vector<std::string> names;
  for (const std::vector<Subject>* list : {&inventory.subjects, &inventory.executors_and_probes}) {
    for (const Subject& one : *list) {
      if (std::ranges::find(roles, one.role) != roles.end()) add_once(names, one.name);
    }
  }
  return names;
}

std::vector<std::string> names_of_workers(const Inventory& inventory) {
  std::vector<std::string> names;
  for (const Subject& one : inventory.executors_and_probes) {
    if (one.takes_jobs) add_once(names, one.name);
  }
  return names;
}

std::vector<std::string> measured_names(const Inventory& inventory) {
  std::vector<std::string> names;
  for (const Subject& one : inventory.executors_and_probes) {
    if (one.role == Role::probe) add_once(names, one.measures);
  }
  return names;
}

std::vector<std::string> probes_that_measure(const Inventory& inventory, std::string_view measure) {
  std::vector<std::string> probes;
  for (const Subject& one : inventory.executors_and_probes) {
    if (one.role == Role::probe && one.measures == measure) probes.push_back(one.name);
  }
  return probes;
}

}  // namespace bakeoff::subjects
