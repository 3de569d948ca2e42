#include "harness/journal/fields.h"

#include <algorithm>

namespace bakeoff::fields {
namespace {

// Python and JavaScript write such numbers, into what is then no JSON.
std::string_view number_that_is_none(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quoted && text[at] == '\\') {
      ++at;
      continue;
    }
    if (text[at] == '"') quoted = !quoted;
    for (const std::string_view name : {"NaN", "nan", "Infinity", "inf"}) {
      if (!quoted && text.substr(at).starts_with(name)) return name;
    }
  }
  return "";
}

}  // namespace

std::string name_of_type(const Value& value) {
  switch (value.type()) {
    case simdjson::dom::element_type::ARRAY:
      return "array";
    case simdjson::dom::element_type::OBJECT:
      return "object";
    case simdjson::dom::element_type::STRING:
      return "string";
    case simdjson::dom::element_type::BOOL:
      return "boolean";
    case simdjson::dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "number";
  }
}

const Value& Document::parse(std::string_view text) {
  const auto parsed = parser_.parse(text.data(), text.size());
  if (parsed.error() != simdjson::SUCCESS) {
    const std::string_view none = number_that_is_none(text);
    if (none.empty()) throw std::invalid_argument("not JSON");
    throw std::invalid_argument("not JSON: found " + std::string(none) +
                                ", expected a number, or no field where the number is unknown");
  }
  object_ = parsed.value_unsafe();
  if (!object_.is_object()) throw std::invalid_argument("found " + name_of_type(object_) + ", expected an object");
  return object_;
}

void require_schema(const Value& object, int known) {
  const auto found = object.at_key("schema");
  const std::string expected = ", expected " + std::to_string(known);
  if (found.error() != simdjson::SUCCESS) throw std::invalid_argument("schema: missing" + expected);
  std::int64_t schema = 0;
  if (found.get(schema) != simdjson::SUCCESS) {
    throw std::invalid_argument("schema: found " + simdjson::minify(found.value_unsafe()) + expected);
  }
  if (schema == known) return;
  throw std::invalid_argument("schema: found " + std::to_string(schema) + expected + ": written by " +
                              (schema > known ? "a newer" : "an older") + " bakeoff than this one reads");
}

}  // namespace bakeoff::fields
