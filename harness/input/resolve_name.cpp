#include "harness/input/resolve_name.h"

#include <algorithm>

#include "harness/input/nearest_name.h"
#include "harness/input/toml_section.h"
#include "harness/measure/plain_text.h"

namespace bakeoff::input {

bool contains(std::span<const std::string> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

ResolvedName resolve_name(const std::string& word, std::span<const std::string> valid, const Tell& tell) {
  if (contains(valid, word)) return {word};
  if (const auto name = tell ? intended_name(word, valid) : std::nullopt) return {*name};
  return {word, NameFault{measure::in_quotes(word), "one of " + join_names(valid) + did_you_mean(word, valid)}};
}

void tell_substitution(const Tell& tell, std::string_view place, std::string_view word, std::string_view name) {
  if (tell && word != name) tell(std::string(place) + substitution_message(word, name));
}

}  // namespace bakeoff::input
