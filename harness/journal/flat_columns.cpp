#include "harness/journal/flat_columns.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

namespace bakeoff::journal::fields {
namespace {

/// One value of each object; nullptr where an object has none.
using ValueOfEach = std::vector<const void*>;

/// Whether it is one number with texts that say of what: {"phase": "read", "code": "ECONNRESET", "count": 3}.
bool is_labelled_number(const FieldType& type) {
  if (type.kind != FieldKind::object || type.fields.size() < 2) return false;
  const FieldKind last = type.fields.back().type->kind;
  const bool number = last == FieldKind::integer || last == FieldKind::number || last == FieldKind::number_of_any_sign;
  return number && std::all_of(type.fields.begin(), std::prev(type.fields.end()),
                               [](const Field& field) { return field.type->kind == FieldKind::text; });
}

class ColumnCollector {
 public:
  void add_fields(const std::string& prefix, std::span<const Field> fields, const ValueOfEach& objects) {
    for (const Field& field : fields) {
      ValueOfEach values(objects.size(), nullptr);
      bool any = false;
      for (std::size_t i = 0; i < objects.size(); ++i) {
        // Fields of a struct that stand among those of its owner are absent one by one.
        if (objects[i] == nullptr || (!field.name.empty() && !present(field, objects[i]))) continue;
        values[i] = field.of(objects[i]);
        any = true;
      }
      if (!any) continue;
      if (field.name.empty()) {
        add_fields(prefix, field.type->fields, values);
      } else {
        add(prefix + std::string(field.name), *field.type, std::move(values));
      }
    }
  }

  std::vector<FlatColumn> take() { return std::move(columns_); }

 private:
  void add(const std::string& name, const FieldType& type, ValueOfEach values) {
    switch (type.kind) {
      case FieldKind::optional:
        for (const void*& value : values) {
          if (value != nullptr) value = type.optional.get(value);
        }
        return add(name, *type.element, std::move(values));
      case FieldKind::object:
        return add_fields(name + ".", type.fields, values);
      case FieldKind::map:
        return add_map(name, type, values);
      case FieldKind::list:
        if (is_labelled_number(*type.element)) return add_labelled(name, type, values);
        break;
      default:
        break;
    }
    columns_.push_back({name, &type, std::move(values)});
  }

  void add_map(const std::string& name, const FieldType& type, const ValueOfEach& maps) {
    std::map<std::string_view, ValueOfEach> by_key;
    for (std::size_t i = 0; i < maps.size(); ++i) {
      if (maps[i] == nullptr) continue;
      for (const auto& [key, element] : type.map.entries(maps[i])) {
        ValueOfEach& values = by_key.try_emplace(*key, maps.size(), nullptr).first->second;
        if (known(*type.element, element)) values[i] = element;
      }
    }
    for (auto& [key, values] : by_key) add(name + "." + std::string(key), *type.element, std::move(values));
  }

  void add_labelled(const std::string& name, const FieldType& type, const ValueOfEach& lists) {
    const std::span<const Field> texts = type.element->fields.first(type.element->fields.size() - 1);
    const Field& number = type.element->fields.back();
    std::map<std::string, std::size_t> places;
    std::vector<FlatColumn> found;
    for (std::size_t i = 0; i < lists.size(); ++i) {
      const std::size_t size = lists[i] == nullptr ? 0 : type.list.size(lists[i]);
      for (std::size_t at = 0; at < size; ++at) {
        const void* const element = type.list.at(lists[i], at);
        std::string label = name;
        for (const Field& text : texts) {
          if (present(text, element)) label += "." + *static_cast<const std::string*>(text.of(element));
        }
        const auto [place, is_new] = places.try_emplace(label, found.size());
        if (is_new) found.push_back({label, number.type, ValueOfEach(lists.size(), nullptr)});
        const void*& value = found[place->second].values[i];
        if (value == nullptr && present(number, element)) value = number.of(element);
      }
    }
    for (FlatColumn& column : found) columns_.push_back(std::move(column));
  }

  std::vector<FlatColumn> columns_;
};

}  // namespace

std::vector<FlatColumn> flat_columns(std::span<const Field> fields, std::span<const void* const> objects) {
  ColumnCollector collector;
  collector.add_fields("", fields, ValueOfEach(objects.begin(), objects.end()));
  return collector.take();
}

}  // namespace bakeoff::journal::fields
