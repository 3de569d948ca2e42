// Names that a user typed, held against what there is.
#pragma once

#include <string>
#include <vector>

#include "harness/experiment/spec.h"
#include "harness/subjects/subject.h"

namespace bakeoff {

/// The models of this build, and the foreign servers that are shipped, the user's own, and those of `folders`. Throws
/// UsageError for a manifest that is none. The names that the folders brought are appended to `brought`.
Offer offer_of_all(const std::vector<std::string>& folders = {}, std::vector<std::string>* brought = nullptr);

/// The subject of that name, which may be a model with settings: "fibers:pinned=yes". Throws UsageError: found
/// "thread", expected one of ...; did you mean "threads"? `roles` are those that are wanted.
Subject check_subject(const Offer& offer, const std::string& name, const std::vector<Role>& roles = {Role::model});

/// The same for anything else; `kind` is the word for it.
void check_name(const std::string& kind, const std::string& name, const std::vector<std::string>& known);

template <typename Entries>
std::vector<std::string> entry_names(const Entries& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) names.push_back(entry.name);
  return names;
}

/// What an experiment file may name.
Names names_of(const Offer& offer);

}  // namespace bakeoff
