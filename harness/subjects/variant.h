// A model with settings of its own, named by what makes it different: "event-loops:listen=reuseport:units=4". The name
// is the row's name in tables, so that a row says what was measured.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/input/input_error.h"
#include "harness/input/nearest_name.h"
#include "harness/subjects/subject.h"

namespace bakeoff::subjects {

/// The model that a subject's name begins with: all of it where it has no settings.
std::string_view model_name_of(std::string_view subject);

/// A name that no subject has: what is wrong in it, and what was expected in its place.
class VariantError : public input::InputError {
 public:
  VariantError(const std::string& found_, const std::string& expected_)
      : InputError("found " + found_ + ", expected " + expected_), found(found_), expected(expected_) {}
  std::string found, expected;
};

/// The subject of that name: one of the inventory's, or one of its models with the settings of the name. Throws
/// VariantError for a model, a setting or a value that does not exist, and for a setting named twice.
Subject make_variant(const Inventory& inventory, const std::string& name);

/// The names that are the same word (nearest_name.h) as a model, a server, an executor or a probe, each with the
/// settings of `name`. The words of a setting are replaced by those that the subject has, where they are the same
/// words.
input::CloseNames close_variants(const Inventory& inventory, const std::string& name);

/// Adds those of the names to the inventory that it has not yet. Throws as make_variant() does.
void add_variants(Inventory& inventory, const std::vector<std::string>& names);

}  // namespace bakeoff::subjects
