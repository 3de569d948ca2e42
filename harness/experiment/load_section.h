// The keys of a table that say what load its workload is under. Ranges and defaults: harness/experiment/README.md.
#pragma once

#include <string_view>

#include "harness/input/toml_section.h"
#include "harness/journal/load_shape.h"

namespace bakeoff::experiment {

/// Defaults are those of TableSpec::load. Throws InputError for the first fault, in keys and in what they say together.
journal::LoadShape read_load(const input::TomlSection& section, std::string_view workload);

}  // namespace bakeoff::experiment
