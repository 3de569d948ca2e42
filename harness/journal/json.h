// Structs as JSON objects, by the tables of their fields (fields.h).
//
// Two sources of the journal include a JSON library, and no header does: json_write.cpp nlohmann-json, which writes the
// shortest number that reads back as the same, and json_read.cpp simdjson, which reads a hundred thousand rows in a
// second. Functions may be called from several threads. They keep nothing of what they are given.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/journal/fields.h"

namespace bakeoff::journal::fields {

inline constexpr int kOneLine = -1;

/// The value as JSON in one line. An optional without a value, and a number that is not finite, are null.
std::string write_value(const FieldType& type, const void* value);

/// The text as a JSON string.
std::string write_text(std::string_view text);

/// The object by its fields. `indent` is the width of an indentation, or kOneLine.
std::string write_object(std::span<const Field> fields, const void* object, int indent);

/// Fields in the order of the table, without those that are absent. Text that is not UTF-8 (a subject's last words may
/// be anything) is replaced, not refused.
template <typename T, std::size_t N>
std::string write_json(const FieldTable<T, N>& table, const T& object, int indent = kOneLine) {
  return write_object(table.fields, &object, indent);
}

/// What a document must have before its fields are looked at.
struct RequiredKeys {
  std::optional<int> newest_schema{};  ///< The values that "schema" may have end here; they begin at 1.
  std::string_view key{};              ///< A key that every such document has; "" for none.
  std::string_view without_key{};      ///< The rest of "KEY: missing, so that ...": "this is no row".
};

void read_object(std::span<const Field> fields, void* object, std::string_view text, const RequiredKeys& required);

/// Sets the fields of `object` that stand in `text`, one JSON object; the others stay. Unknown keys are
/// ignored, and the order does not matter. Texts are reduced to plain text (plain_text.h). Throws std::invalid_argument
/// in one line that names the place: "client.errors[0].count: found string, expected a whole number"; `object` is then
/// only partly read.
template <typename T, std::size_t N>
void read_json(const FieldTable<T, N>& table, std::string_view text, T& object, const RequiredKeys& required = {}) {
  read_object(table.fields, &object, text, required);
}

/// Whether it is one complete JSON value: a line that was cut off is not.
bool is_json(std::string_view text);

}  // namespace bakeoff::journal::fields
