#include "harness/journal/fields.h"

#include <algorithm>
#include <cmath>

#include "harness/journal/json.h"

namespace bakeoff::journal::fields {
namespace {

using detail::as;

bool zero(const FieldType& type, const void* value) {
  switch (type.kind) {
    case FieldKind::boolean:
      return !as<bool>(value);
    case FieldKind::integer:
    case FieldKind::enumeration:
      return type.integer.get(value) == 0;
    case FieldKind::number:
    case FieldKind::number_of_any_sign:
      return as<double>(value) == 0;
    default:
      return false;
  }
}

bool same_field(const Field& field, const void* one, const void* other) {
  const bool there = present(field, one);
  if (there != present(field, other)) return false;
  return !there || same(*field.type, field.of(one), field.of(other));
}

bool same_maps(const FieldType& type, const void* one, const void* other) {
  const auto a = type.map.entries(one);
  const auto b = type.map.entries(other);
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const auto& x, const auto& y) {
    return *x.first == *y.first && same(*type.element, x.second, y.second);
  });
}

bool same_lists(const FieldType& type, const void* one, const void* other) {
  const std::size_t size = type.list.size(one);
  if (size != type.list.size(other)) return false;
  for (std::size_t i = 0; i < size; ++i) {
    if (!same(*type.element, type.list.at(one, i), type.list.at(other, i))) return false;
  }
  return true;
}

}  // namespace

std::string_view name_of(const FieldType& type, const void* value) {
  const std::uint64_t bits = type.integer.get(value);
  const auto found =
      std::find_if(type.names.begin(), type.names.end(), [&](const EnumName& one) { return one.value == bits; });
  return found == type.names.end() ? "" : found->name;
}

bool known(const FieldType& type, const void* value) {
  switch (type.kind) {
    case FieldKind::number:
    case FieldKind::number_of_any_sign:
      return std::isfinite(as<double>(value));
    case FieldKind::text:
      return !as<std::string>(value).empty();
    case FieldKind::optional: {
      const void* const inner = type.optional.get(value);
      return inner != nullptr && known(*type.element, inner);
    }
    case FieldKind::list:
      return type.list.size(value) > 0;
    case FieldKind::map:
      return type.map.size(value) > 0;
    case FieldKind::enumeration:
      return !name_of(type, value).empty();
    case FieldKind::boolean:
    case FieldKind::integer:
    case FieldKind::object:
      return true;
  }
  return true;
}

bool present(const Field& field, const void* object) {
  const void* const value = field.of(object);
  switch (field.presence) {
    case Presence::known:
      return known(*field.type, value);
    case Presence::not_zero:
      return known(*field.type, value) && !zero(*field.type, value);
    case Presence::always:
      return true;
  }
  return true;
}

std::string text_of(const FieldType& type, const void* value) {
  switch (type.kind) {
    case FieldKind::optional:
      return text_of(*type.element, type.optional.get(value));  // It has a value, for it is known.
    case FieldKind::text:
      return as<std::string>(value);
    case FieldKind::enumeration:
      return std::string(name_of(type, value));
    case FieldKind::boolean:
      return as<bool>(value) ? "true" : "false";
    case FieldKind::integer: {
      const std::uint64_t bits = type.integer.get(value);
      return type.integer.is_signed ? std::to_string(static_cast<std::int64_t>(bits)) : std::to_string(bits);
    }
    default:
      return write_value(type, value);
  }
}

bool same(const FieldType& type, const void* one, const void* other) {
  switch (type.kind) {
    case FieldKind::boolean:
      return as<bool>(one) == as<bool>(other);
    case FieldKind::integer:
    case FieldKind::enumeration:
      return type.integer.get(one) == type.integer.get(other);
    case FieldKind::number:
    case FieldKind::number_of_any_sign:
      return as<double>(one) == as<double>(other);
    case FieldKind::text:
      return as<std::string>(one) == as<std::string>(other);
    case FieldKind::optional: {
      const void* const a = type.optional.get(one);
      const void* const b = type.optional.get(other);
      return a == nullptr || b == nullptr ? a == b : same(*type.element, a, b);
    }
    case FieldKind::list:
      return same_lists(type, one, other);
    case FieldKind::map:
      return same_maps(type, one, other);
    case FieldKind::object:
      return std::all_of(type.fields.begin(), type.fields.end(),
                         [&](const Field& field) { return same_field(field, one, other); });
  }
  return false;
}

std::vector<Difference> differences(std::span<const Field> fields, const void* one, const void* other) {
  std::vector<Difference> found;
  for (const Field& field : fields) {
    if (field.name.empty()) {
      const auto inner = differences(field.type->fields, field.of(one), field.of(other));
      found.insert(found.end(), inner.begin(), inner.end());
    } else if (!same_field(field, one, other)) {
      const auto text = [&](const void* object) {
        return present(field, object) ? std::optional(text_of(*field.type, field.of(object))) : std::nullopt;
      };
      found.push_back({field.name, text(one), text(other)});
    }
  }
  return found;
}

}  // namespace bakeoff::journal::fields
