#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "harness/journal/json.h"
#include "harness/measure/plain_text.h"

namespace bakeoff::journal::fields {
namespace {

using detail::as;
using Value = simdjson::dom::element;  // Lives as long as the parser's document.

// Where in the document a value stands. A chain on the stack, put into words only for a fault: rows are many, faults
// are few.
struct Place {
  const Place* outer = nullptr;
  std::string_view key;  // Or else an element of an array, by its index.
  std::size_t index = 0;
  bool in_array = false;
};

std::string words_of(const Place& place) {
  std::string words = place.outer == nullptr ? "" : words_of(*place.outer);
  if (place.in_array) return words + "[" + std::to_string(place.index) + "]";
  return words + (words.empty() ? "" : ".") + measure::plain_line(place.key);
}

/// "a text" is "string" there: the names that JSON has for its types.
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

[[noreturn]] void refuse(const Place& place, const std::string& found, const std::string& expected) {
  throw std::invalid_argument(words_of(place) + ": found " + found + ", expected " + expected);
}

[[noreturn]] void refuse_type(const Place& place, const Value& value, const std::string& expected) {
  refuse(place, name_of_type(value), expected);
}

void read_value(const FieldType& type, const Value& value, void* to, const Place& place);

// Fields mostly come in the order in which they were written, so that the next one is tried before a search.
class Members {
 public:
  explicit Members(const simdjson::dom::object& object) : object_(object), next_(object.begin()) {}

  void read(std::span<const Field> fields, void* to, const Place* outer) {
    for (const Field& field : fields) {
      void* const member = const_cast<void*>(field.of(to));  // It lies in `to`, which may be changed.
      if (field.name.empty()) {
        read(field.type->fields, member, outer);
      } else if (next_ != object_.end() && next_.key() == field.name) {
        const Value value = next_.value();
        ++next_;
        read_value(*field.type, value, member, {outer, field.name});
      } else if (const auto found = object_.at_key(field.name); found.error() == simdjson::SUCCESS) {
        read_value(*field.type, found.value_unsafe(), member, {outer, field.name});
      }
    }
  }

 private:
  simdjson::dom::object object_;
  simdjson::dom::object::iterator next_;
};

void read_integer(const FieldType::Integer& integer, const Value& value, void* to, const Place& place) {
  if (!value.is_int64() && !value.is_uint64()) refuse_type(place, value, "a whole number");
  const bool below_zero = !value.is_uint64();
  const std::uint64_t bits =
      below_zero ? static_cast<std::uint64_t>(value.get_int64().value_unsafe()) : value.get_uint64().value_unsafe();
  const bool fits = below_zero ? static_cast<std::int64_t>(bits) >= integer.least : bits <= integer.most;
  if (!fits) {
    refuse(place, simdjson::minify(value),
           "a whole number from " + std::to_string(integer.least) + " to " + std::to_string(integer.most));
  }
  integer.set(to, bits);
}

void read_number(const FieldType& type, const Value& value, double& to, const Place& place) {
  if (!value.is_number()) refuse_type(place, value, "a number");
  to = value.get_double().value();
  if (type.kind == FieldKind::number && (!(to >= 0) || !std::isfinite(to))) {
    refuse(place, simdjson::minify(value), "0 or more");
  }
}

void read_name(const FieldType& type, const Value& value, void* to, const Place& place) {
  if (!value.is_string()) refuse_type(place, value, "a text");
  const std::string_view text = value.get_string().value_unsafe();
  const auto found =
      std::find_if(type.names.begin(), type.names.end(), [&](const EnumName& one) { return one.name == text; });
  if (found == type.names.end()) {
    refuse(place, measure::in_quotes(text), std::string(type.expected_name));
  }
  type.integer.set(to, found->value);
}

void read_list(const FieldType& type, const Value& value, void* to, const Place& place) {
  if (!value.is_array()) refuse_type(place, value, "an array");
  const simdjson::dom::array elements = value.get_array().value_unsafe();
  type.list.clear(to, elements.size());
  std::size_t index = 0;
  for (const Value element : elements) {
    read_value(*type.element, element, type.list.add(to), {&place, {}, index++, true});
  }
}

void read_map(const FieldType& type, const Value& value, void* to, const Place& place) {
  if (!value.is_object()) refuse_type(place, value, "an object");
  type.map.clear(to);
  const simdjson::dom::object members = value.get_object().value_unsafe();
  for (const auto& [key, element] : members) {
    read_value(*type.element, element, type.map.at(to, measure::plain_text(key)), {&place, key});
  }
}

void read_value(const FieldType& type, const Value& value, void* to, const Place& place) {
  switch (type.kind) {
    case FieldKind::boolean:
      if (!value.is_bool()) refuse_type(place, value, "true or false");
      as<bool>(to) = value.get_bool().value_unsafe();
      return;
    case FieldKind::integer:
      return read_integer(type.integer, value, to, place);
    case FieldKind::number:
    case FieldKind::number_of_any_sign:
      return read_number(type, value, as<double>(to), place);
    case FieldKind::text:
      if (!value.is_string()) refuse_type(place, value, "a text");
      as<std::string>(to) = measure::plain_text(value.get_string().value_unsafe());
      return;
    case FieldKind::enumeration:
      return read_name(type, value, to, place);
    case FieldKind::object:
      if (!value.is_object()) refuse_type(place, value, "an object");
      return Members(value.get_object().value_unsafe()).read(type.fields, to, &place);
    case FieldKind::optional:
      return read_value(*type.element, value, type.optional.emplace(to), place);
    case FieldKind::list:
      return read_list(type, value, to, place);
    case FieldKind::map:
      return read_map(type, value, to, place);
  }
}

// The first number that Python or JavaScript wrote and JSON does not have; "" when there is none.
std::string_view non_finite_number_in(std::string_view text) {
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

simdjson::dom::object parse(simdjson::dom::parser& parser, std::string_view text) {
  const auto parsed = parser.parse(text.data(), text.size());
  if (parsed.error() != simdjson::SUCCESS) {
    const std::string_view found = non_finite_number_in(text);
    if (found.empty()) throw std::invalid_argument("not JSON");
    throw std::invalid_argument("not JSON: found " + std::string(found) +
                                ", expected a number, or no field where the number is unknown");
  }
  const Value value = parsed.value_unsafe();
  if (!value.is_object()) throw std::invalid_argument("found " + name_of_type(value) + ", expected an object");
  return value.get_object().value_unsafe();
}

void require_schema(const simdjson::dom::object& object, int newest) {
  const auto found = object.at_key("schema");
  const std::string expected = ", expected 1 to " + std::to_string(newest);
  if (found.error() != simdjson::SUCCESS) throw std::invalid_argument("schema: missing" + expected);
  std::int64_t schema = 0;
  if (found.get(schema) != simdjson::SUCCESS) {
    throw std::invalid_argument("schema: found " + simdjson::minify(found.value_unsafe()) + expected);
  }
  if (schema >= 1 && schema <= newest) return;
  throw std::invalid_argument("schema: found " + std::to_string(schema) + expected + ": written by " +
                              (schema > newest ? "a newer" : "an older") + " bakeoff than this one reads");
}

}  // namespace

void read_object(std::span<const Field> fields, void* object, std::string_view text, const RequiredKeys& required) {
  // Rows come by the hundred thousand: its memory is used again.
  thread_local simdjson::dom::parser parser;
  const simdjson::dom::object found = parse(parser, text);
  if (required.newest_schema) require_schema(found, *required.newest_schema);
  if (!required.key.empty() && found.at_key(required.key).error() != simdjson::SUCCESS) {
    throw std::invalid_argument(std::string(required.key) + ": missing, so that " + std::string(required.without_key));
  }
  Members(found).read(fields, object, nullptr);
}

}  // namespace bakeoff::journal::fields
