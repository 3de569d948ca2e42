#include <nlohmann/json.hpp>

#include "harness/journal/json.h"

namespace bakeoff::journal::fields {
namespace {

using detail::as;
using Json = nlohmann::ordered_json;  // Keeps the order of the fields, for people who read the files.

Json json_of(const FieldType& type, const void* value);

void add_fields(Json& json, std::span<const Field> fields, const void* object) {
  for (const Field& field : fields) {
    if (field.name.empty()) {
      add_fields(json, field.type->fields, field.of(object));
    } else if (present(field, object)) {
      json[std::string(field.name)] = json_of(*field.type, field.of(object));
    }
  }
}

Json object_of(std::span<const Field> fields, const void* object) {
  Json json = Json::object();
  add_fields(json, fields, object);
  return json;
}

Json list_of(const FieldType& type, const void* list) {
  Json json = Json::array();
  for (std::size_t i = 0; i < type.list.size(list); ++i) json.push_back(json_of(*type.element, type.list.at(list, i)));
  return json;
}

Json map_of(const FieldType& type, const void* map) {
  Json json = Json::object();
  for (const auto& [key, element] : type.map.entries(map)) {
    if (known(*type.element, element)) json[*key] = json_of(*type.element, element);
  }
  return json;
}

Json json_of(const FieldType& type, const void* value) {
  switch (type.kind) {
    case FieldKind::boolean:
      return as<bool>(value);
    case FieldKind::integer: {
      const std::uint64_t bits = type.integer.get(value);
      return type.integer.is_signed ? Json(static_cast<std::int64_t>(bits)) : Json(bits);
    }
    case FieldKind::number:
    case FieldKind::number_of_any_sign:
      return as<double>(value);
    case FieldKind::text:
      return as<std::string>(value);
    case FieldKind::enumeration:
      return name_of(type, value);
    case FieldKind::object:
      return object_of(type.fields, value);
    case FieldKind::optional: {
      const void* const inner = type.optional.get(value);
      return inner == nullptr ? Json() : json_of(*type.element, inner);
    }
    case FieldKind::list:
      return list_of(type, value);
    case FieldKind::map:
      return map_of(type, value);
  }
  return {};
}

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string write_value(const FieldType& type, const void* value) {
  return dump(json_of(type, value), kOneLine);
}

std::string write_text(std::string_view text) {
  return dump(Json(text), kOneLine);
}

std::string write_object(std::span<const Field> fields, const void* object, int indent) {
  return dump(object_of(fields, object), indent);
}

bool is_json(std::string_view text) {
  return Json::accept(text);
}

}  // namespace bakeoff::journal::fields
