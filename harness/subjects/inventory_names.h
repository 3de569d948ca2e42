// The names in an inventory, which lists print and checks compare with what somebody typed. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/subjects/subject.h"

namespace bakeoff::subjects {

template <typename Entries>
std::vector<std::string> entry_names(const Entries& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) names.push_back(entry.name);
  return names;
}

/// The models of bakeoff-subject, without the foreign servers.
std::vector<std::string> model_names(const Inventory& inventory);

/// The subjects that have one of these roles, each once.
std::vector<std::string> names_with_role(const Inventory& inventory, const std::vector<Role>& roles);

/// The executors whose workers take jobs from a queue.
std::vector<std::string> names_of_workers(const Inventory& inventory);

/// What there are probes for, each once: "switch".
std::vector<std::string> measured_names(const Inventory& inventory);

/// The probes for one of measured_names().
std::vector<std::string> probes_that_measure(const Inventory& inventory, std::string_view measure);

}  // namespace bakeoff::subjects
