#include "harness/report/flat_text.h"

#include <vector>

#include "harness/journal/json.h"
#include "harness/report/csv_record.h"

namespace bakeoff::report {
namespace {

namespace fields = journal::fields;

std::size_t lines_of(std::span<const fields::FlatColumn> columns) {
  return columns.empty() ? 0 : columns.front().values.size();
}

std::string flat_csv(std::span<const fields::FlatColumn> columns) {
  if (columns.empty()) return "";
  std::vector<std::string> record;
  for (const fields::FlatColumn& column : columns) record.push_back(column.name);
  std::string out;
  append_csv_record(out, record);
  for (std::size_t line = 0; line < lines_of(columns); ++line) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const void* const value = columns[c].values[line];
      record[c] = value == nullptr ? "" : fields::text_of(*columns[c].type, value);
    }
    append_csv_record(out, record);
  }
  return out;
}

std::string json_of(const fields::FieldType& type, const void* value) {
  const bool is_word = type.kind == fields::FieldKind::text || type.kind == fields::FieldKind::enumeration;
  return is_word ? fields::write_value(type, value) : fields::text_of(type, value);
}

std::string flat_json(std::span<const fields::FlatColumn> columns) {
  std::vector<std::string> keys;
  for (const fields::FlatColumn& column : columns) keys.push_back(fields::write_text(column.name) + ":");
  std::string out = "[";
  for (std::size_t line = 0; line < lines_of(columns); ++line) {
    out += line == 0 ? "\n{" : ",\n{";
    bool first = true;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const void* const value = columns[c].values[line];
      if (value == nullptr) continue;
      if (!first) out += ',';
      out += keys[c] + json_of(*columns[c].type, value);
      first = false;
    }
    out += "}";
  }
  return out + "\n]\n";
}

}  // namespace

std::string flat_text(std::span<const fields::FlatColumn> columns, FlatFormat format) {
  return format == FlatFormat::csv ? flat_csv(columns) : flat_json(columns);
}

}  // namespace bakeoff::report
