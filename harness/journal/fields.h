// A struct's fields, listed once and used both to write and to read its JSON, so that the two cannot differ.
//
// visit_fields(archive, struct) calls archive(name, field) for each field. The writer leaves out what is absent, empty
// or not finite; the reader leaves a field that is missing at its default and refuses one of the wrong type.
// Includes the JSON library: for the .cpp files of this folder only.
#pragma once

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

namespace bakeoff::fields {

using Json = nlohmann::ordered_json;  // Keeps the order of the fields, for people who read the files.

class Writer {
 public:
  explicit Writer(Json& object) : object_(object) { object_ = Json::object(); }

  template <typename T>
  void operator()(const char* name, const T& field) {
    Json value = write(field);
    if (!value.is_null()) object_[name] = std::move(value);
  }

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
    for (const auto& [name, element] : field) object[name] = write(element);
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

class Reader {
 public:
  /// `path` is put before the names in messages: "client.".
  Reader(const Json& object, std::string path) : object_(object), path_(std::move(path)) {}

  template <typename T>
  void operator()(const char* name, T& field) {
    const auto found = object_.find(name);
    if (found != object_.end()) read(*found, path_ + name, field);
  }

 private:
  [[noreturn]] static void wrong(const std::string& path, const Json& value, const char* expected) {
    throw std::invalid_argument(path + ": found " + value.type_name() + ", expected " + expected);
  }

  template <typename T>
  static void read(const Json& value, const std::string& path, std::optional<T>& field) {
    read(value, path, field.emplace());
  }
  template <typename T>
  static void read(const Json& value, const std::string& path, std::vector<T>& field) {
    if (!value.is_array()) wrong(path, value, "an array");
    field.clear();
    for (std::size_t i = 0; i < value.size(); ++i) {
      read(value[i], path + "[" + std::to_string(i) + "]", field.emplace_back());
    }
  }
  template <typename T>
  static void read(const Json& value, const std::string& path, std::map<std::string, T>& field) {
    if (!value.is_object()) wrong(path, value, "an object");
    field.clear();
    for (const auto& [name, element] : value.items()) read(element, path + "." + name, field[name]);
  }
  static void read(const Json& value, const std::string& path, std::string& field) {
    if (!value.is_string()) wrong(path, value, "a text");
    field = value.template get<std::string>();
  }
  static void read(const Json& value, const std::string& path, bool& field) {
    if (!value.is_boolean()) wrong(path, value, "true or false");
    field = value.template get<bool>();
  }
  static void read(const Json& value, const std::string& path, double& field) {
    if (!value.is_number()) wrong(path, value, "a number");
    field = value.template get<double>();
  }
  template <typename T>
  requires std::integral<T>
  static void read(const Json& value, const std::string& path, T& field) {
    if (!value.is_number_integer()) wrong(path, value, "a whole number");
    const bool fits = value.is_number_unsigned() ? std::in_range<T>(value.template get<std::uint64_t>())
                                                 : std::in_range<T>(value.template get<std::int64_t>());
    if (!fits) {
      throw std::invalid_argument(path + ": found " + value.dump() + ", expected a whole number from " +
                                  std::to_string(std::numeric_limits<T>::min()) + " to " +
                                  std::to_string(std::numeric_limits<T>::max()));
    }
    field = value.template get<T>();
  }
  template <typename T>
  requires std::is_class_v<T>
  static void read(const Json& value, const std::string& path, T& field) {
    if (!value.is_object()) wrong(path, value, "an object");
    Reader reader(value, path + ".");
    visit_fields(reader, field);
  }

  const Json& object_;
  std::string path_;
};

/// Throws std::invalid_argument in one line.
inline Json parse_object(std::string_view text) {
  Json object = Json::parse(text, nullptr, false);
  if (object.is_discarded()) throw std::invalid_argument("not JSON");
  if (!object.is_object()) {
    throw std::invalid_argument(std::string("found ") + object.type_name() + ", expected an object");
  }
  return object;
}

/// Refuses what this program does not know how to read.
inline void require_schema(const Json& object, int known) {
  const auto found = object.find("schema");
  if (found == object.end()) throw std::invalid_argument("schema: missing, expected " + std::to_string(known));
  if (!found->is_number_integer() || *found != known) {
    throw std::invalid_argument("schema: found " + found->dump() + ", expected " + std::to_string(known));
  }
}

/// Text that is not UTF-8 (a subject's last words may be anything) is replaced, not refused.
inline std::string dump(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace bakeoff::fields
