// A struct's fields, listed once and used both to write and to read its JSON, so that the two cannot differ.
//
// visit_fields(archive, struct) calls archive(name, field) for each field. The writer leaves out what is absent, empty
// or not finite; the reader leaves a field that is missing at its default, refuses one of the wrong type, and takes of
// a text what is plain (plain_text.h). Written with nlohmann-json and read with simdjson, which takes a hundred
// thousand rows in a second: for the .cpp files of this folder only.
#pragma once

#include <simdjson.h>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "harness/measure/plain_text.h"

namespace bakeoff::fields {

using Json = nlohmann::ordered_json;  // Keeps the order of the fields, for people who read the files.

/// "a text" is "string" there: the names that JSON has for its types.
std::string name_of_type(const simdjson::dom::element& value);

class Writer {
 public:
  explicit Writer(Json& object) : object_(object) { object_ = Json::object(); }

  template <typename T>
  void operator()(const char* name, const T& field) {
    Json value = write(field);
    if (!value.is_null()) object_[name] = std::move(value);
  }

  /// A number that may be negative.
  void any(const char* name, double field) { (*this)(name, field); }

 private:
  template <typename T>
  static Json write(const std::optional<T>& field) {
    return field ? write(*field) : Json();
  }
  template <typename T>
  static Json write(const std::vector<T>& field) {
    if (field.empty()) return {};
    Json array = Json::array();
    for (const T& element : field) array.push_back(write(element));
    return array;
  }
  template <typename T>
  static Json write(const std::map<std::string, T>& field) {
    if (field.empty()) return {};
    Json object = Json::object();
    for (const auto& [name, element] : field) {
      if (Json value = write(element); !value.is_null()) object[name] = std::move(value);
    }
    return object;
  }
  static Json write(const std::string& field) { return field.empty() ? Json() : Json(field); }
  static Json write(double field) { return std::isfinite(field) ? Json(field) : Json(); }
  template <typename T>
  requires std::integral<T>
  static Json write(T field) { return field; }
  template <typename T>
  requires std::is_class_v<T>
  static Json write(const T& field) {
    Json object;
    Writer writer(object);
    visit_fields(writer, field);
    return object;
  }

  Json& object_;
};

/// A value of a document that is being read; it lives as long as the Document that it is of.
using Value = simdjson::dom::element;

class Reader {
 public:
  /// `path` is put before the names in messages: "client.". `object` must be one.
  Reader(const Value& object, std::string_view path)
      : object_(object.get_object().value()), next_(object_.begin()), path_(path) {}

  template <typename T>
  void operator()(const char* name, T& field) {
    // Fields mostly come in the order in which they were written.
    if (next_ != object_.end() && next_.key() == name) {
      const Value value = next_.value();
      ++next_;
      read_at(name, value, field);
    } else if (const auto found = object_.at_key(name); found.error() == simdjson::SUCCESS) {
      read_at(name, found.value_unsafe(), field);
    }
  }

  /// A number that may be negative.
  void any(const char* name, double& field) {
    Signed wrapped{field};
    (*this)(name, wrapped);
  }

 private:
  struct Signed {
    double& value;
  };
  static void read(const Value& value, Signed& field) {
    if (!value.is_number()) wrong(value, "a number");
    field.value = value.get_double().value();
  }

  // Where in the object a fault is, is put together only when there is one: rows are many, faults are few.
  template <typename T>
  void read_at(const char* name, const Value& value, T& field) {
    try {
      read(value, field);
    } catch (const Fault& fault) {
      throw std::invalid_argument(path_ + name + fault.what());
    }
  }

  /// ".total.p99: found ...": its place below the field at hand.
  struct Fault : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  [[noreturn]] static void wrong(const Value& value, const std::string& expected) {
    throw Fault(": found " + name_of_type(value) + ", expected " + expected);
  }
  [[noreturn]] static void out_of_range(const std::string& found, const std::string& expected) {
    throw Fault(": found " + found + ", expected " + expected);
  }

  template <typename T>
  static void read(const Value& value, std::optional<T>& field) {
    read(value, field.emplace());
  }
  template <typename T>
  static void read(const Value& value, std::vector<T>& field) {
    if (!value.is_array()) wrong(value, "an array");
    field.clear();
    const simdjson::dom::array elements = value.get_array().value_unsafe();
    field.reserve(elements.size());
    for (const Value element : elements) {
      inside("[" + std::to_string(field.size()) + "]", [&] { read(element, field.emplace_back()); });
    }
  }
  template <typename T>
  static void read(const Value& value, std::map<std::string, T>& field) {
    if (!value.is_object()) wrong(value, "an object");
    field.clear();
    const simdjson::dom::object members = value.get_object().value_unsafe();
    for (const auto& [key, element] : members) {
      const std::string name = plain_text(key);
      inside("." + plain_line(name), [&] { read(element, field[name]); });
    }
  }
  static void read(const Value& value, std::string& field) {
    if (!value.is_string()) wrong(value, "a text");
    field = plain_text(value.get_string().value_unsafe());
  }
  static void read(const Value& value, bool& field) {
    if (!value.is_bool()) wrong(value, "true or false");
    field = value.get_bool().value_unsafe();
  }
  static void read(const Value& value, double& field) {
    if (!value.is_number()) wrong(value, "a number");
    field = value.get_double().value();
    if (!(field >= 0) || !std::isfinite(field)) out_of_range(simdjson::minify(value), "0 or more");
  }
  template <typename T>
  requires std::integral<T>
  static void read(const Value& value, T& field) {
    if (!value.is_int64() && !value.is_uint64()) wrong(value, "a whole number");
    constexpr T kLeast = std::same_as<T, std::int64_t> ? std::numeric_limits<T>::min() : T{0};
    const bool fits = value.is_uint64() ? std::in_range<T>(value.get_uint64().value_unsafe())
                                        : std::in_range<T>(value.get_int64().value_unsafe()) &&
                                              std::cmp_greater_equal(value.get_int64().value_unsafe(), kLeast);
    if (!fits) {
      out_of_range(simdjson::minify(value), "a whole number from " + std::to_string(kLeast) + " to " +
                                                std::to_string(std::numeric_limits<T>::max()));
    }
    field = value.is_uint64() ? static_cast<T>(value.get_uint64().value_unsafe())
                              : static_cast<T>(value.get_int64().value_unsafe());
  }
  template <typename T>
  requires std::is_class_v<T>
  static void read(const Value& value, T& field) {
    if (!value.is_object()) wrong(value, "an object");
    try {
      Reader reader(value, ".");
      visit_fields(reader, field);
    } catch (const std::invalid_argument& fault) {
      throw Fault(fault.what());
    }
  }

  static void inside(const std::string& place, const auto& read_it) {
    try {
      read_it();
    } catch (const Fault& fault) {
      throw Fault(place + fault.what());
    }
  }

  simdjson::dom::object object_;
  simdjson::dom::object::iterator next_;
  std::string path_;
};

/// One JSON object as it was read. Keep one for many lines: its memory is used again.
class Document {
 public:
  /// The object in `text`, until the next call. Throws std::invalid_argument in one line.
  const Value& parse(std::string_view text);

 private:
  simdjson::dom::parser parser_;
  Value object_;
};

/// Refuses what this program does not know how to read.
void require_schema(const Value& object, int known);

/// Text that is not UTF-8 (a subject's last words may be anything) is replaced, not refused.
inline std::string dump(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace bakeoff::fields
