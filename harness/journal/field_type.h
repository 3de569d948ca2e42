// The types of fields, erased: what compiled code has to know of a C++ type to walk over a value of it. fields.h makes
// tables of them; the sources that walk over the tables are not templates.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace bakeoff::journal::fields {

struct FieldType;

/// When a field is written.
enum class Presence : std::uint8_t {
  known,     ///< Unless it is absent (fields.h).
  not_zero,  ///< Unless it is absent, 0, false or the enumerator of the value 0.
  always     ///< Also when it is an empty text, vector or map.
};

/// One field of a struct, without the C++ types of either.
struct Field {
  std::string_view name;  ///< "" where the fields of a nested struct stand among those of the outer one.
  const FieldType* type = nullptr;
  const void* (*of)(const void* object) = nullptr;  ///< The member of `object`, which owns it.
  Presence presence = Presence::known;
};

enum class FieldKind : std::uint8_t {
  boolean,
  integer,
  number,
  number_of_any_sign,
  text,
  enumeration,
  object,
  optional,
  list,
  map
};

struct EnumName {
  std::uint64_t value = 0;
  std::string_view name;
};

/// One C++ type, by its kind; the members that belong to other kinds are empty. Functions take the address of a value
/// of that type, which the caller owns.
struct FieldType {
  FieldKind kind{};
  const FieldType* element = nullptr;  ///< What an optional, a list or a map holds.

  std::span<const Field> fields{};    ///< The fields of an object.
  std::span<const EnumName> names{};  ///< The names of an enumeration,
  std::string_view expected_name{};   ///< and what a message expects where the name is none of them.

  /// For integers and enumerations. Bits of signed values are extended to 64.
  struct Integer {
    bool is_signed = false;
    std::int64_t least = 0;
    std::uint64_t most = 0;
    std::uint64_t (*get)(const void*) = nullptr;
    void (*set)(void*, std::uint64_t) = nullptr;
  } integer{};
  struct Optional {
    const void* (*get)(const void*) = nullptr;  ///< nullptr where there is none.
    void* (*emplace)(void*) = nullptr;
  } optional{};
  struct List {
    std::size_t (*size)(const void*) = nullptr;
    const void* (*at)(const void*, std::size_t) = nullptr;
    void (*clear)(void*, std::size_t expected_size) = nullptr;
    void* (*add)(void*) = nullptr;
  } list{};
  struct Map {
    std::size_t (*size)(const void*) = nullptr;
    std::vector<std::pair<const std::string*, const void*>> (*entries)(const void*) = nullptr;  ///< By their keys.
    void (*clear)(void*) = nullptr;
    void* (*at)(void*, std::string&& key) = nullptr;  ///< Made where there is none.
  } map{};
};

/// What a field needs beside its C++ type: nothing, a sign, a table or names.
struct NoDetail {};
inline constexpr NoDetail kNoDetail;
struct AnySign {};
inline constexpr AnySign kAnySign;

namespace detail {

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <typename T>
inline constexpr bool kIsVector = false;
template <typename T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <typename T>
inline constexpr bool kIsMap = false;
template <typename T>
inline constexpr bool kIsMap<std::map<std::string, T>> = true;

template <typename T>
const T& as(const void* value) {
  return *static_cast<const T*>(value);
}
template <typename T>
T& as(void* value) {
  return *static_cast<T*>(value);
}

template <typename T>
constexpr FieldType::Integer integer() {
  return {.get = [](const void* value) { return static_cast<std::uint64_t>(as<T>(value)); },
          .set = [](void* value, std::uint64_t bits) { as<T>(value) = static_cast<T>(bits); }};
}

template <typename T, const auto& Detail>
constexpr FieldType make_type();

template <typename T, const auto& Detail>
inline constexpr FieldType kType = make_type<T, Detail>();

template <typename T, const auto& Detail>
constexpr FieldType make_type() {
  FieldType type;
  if constexpr (std::same_as<T, bool>) {
    type.kind = FieldKind::boolean;
  } else if constexpr (std::integral<T>) {
    type.kind = FieldKind::integer;
    type.integer = integer<T>();
    type.integer.is_signed = std::is_signed_v<T>;
    // Numbers below 0 are what servers count, in 64 bits; all else counts from 0.
    if (std::same_as<T, std::int64_t>) type.integer.least = std::numeric_limits<std::int64_t>::min();
    type.integer.most = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
  } else if constexpr (std::same_as<T, double>) {
    constexpr bool any_sign = std::same_as<decltype(Detail), const AnySign&>;
    type.kind = any_sign ? FieldKind::number_of_any_sign : FieldKind::number;
  } else if constexpr (std::same_as<T, std::string>) {
    type.kind = FieldKind::text;
  } else if constexpr (kIsOptional<T>) {
    type.kind = FieldKind::optional;
    type.element = &kType<typename T::value_type, Detail>;
    type.optional = {.get = [](const void* value) -> const void* { return as<T>(value) ? &*as<T>(value) : nullptr; },
                     .emplace = [](void* value) -> void* { return &as<T>(value).emplace(); }};
  } else if constexpr (kIsVector<T>) {
    type.kind = FieldKind::list;
    type.element = &kType<typename T::value_type, Detail>;
    type.list = {.size = [](const void* value) { return as<T>(value).size(); },
                 .at = [](const void* value, std::size_t at) -> const void* { return &as<T>(value)[at]; },
                 .clear =
                     [](void* value, std::size_t size) {
                       as<T>(value).clear();
                       as<T>(value).reserve(size);
                     },
                 .add = [](void* value) -> void* { return &as<T>(value).emplace_back(); }};
  } else if constexpr (kIsMap<T>) {
    type.kind = FieldKind::map;
    type.element = &kType<typename T::mapped_type, Detail>;
    type.map = {.size = [](const void* value) { return as<T>(value).size(); },
                .entries =
                    [](const void* value) {
                      std::vector<std::pair<const std::string*, const void*>> entries;
                      for (const auto& [key, element] : as<T>(value)) entries.emplace_back(&key, &element);
                      return entries;
                    },
                .clear = [](void* value) { as<T>(value).clear(); },
                .at = [](void* value, std::string&& key) -> void* { return &as<T>(value)[std::move(key)]; }};
  } else {
    static_assert(!std::same_as<decltype(Detail), const NoDetail&>, "a struct needs its table, an enum its names");
    static_assert(std::same_as<typename std::remove_cvref_t<decltype(Detail)>::Of, T>,
                  "the table, or the names, of another type");
    if constexpr (std::is_enum_v<T>) {
      type.kind = FieldKind::enumeration;
      type.integer = integer<T>();
      type.names = Detail.names;
      type.expected_name = Detail.expected;
    } else {
      type.kind = FieldKind::object;
      type.fields = Detail.fields;
    }
  }
  return type;
}

}  // namespace detail

}  // namespace bakeoff::journal::fields
