// The fields of plain structs, each listed once in a table of member pointers. Everything that walks over fields walks
// over such a table: writing and reading JSON (json.h), comparing two structs (differences() below), and laying structs
// out as a flat table (flat_columns.h).
//
//   constexpr fields::EnumNames kOutcomeNames{"one of the outcomes", fields::NameOf{Outcome::ok, "ok"}, ...};
//   constexpr fields::FieldTable kErrorFields{
//       field<&ErrorCount::phase>("phase"),
//       field<&ErrorCount::count>("count"),
//   };
//   constexpr fields::FieldTable kRowFields{
//       field<&Row::outcome, kOutcomeNames>("outcome"),    // an enum by its names
//       field<&Row::errors, kErrorFields>("errors"),   // structs: alone, or in optional, vector and map
//       embedded<&Row::params, kParamFields>(),        // its fields stand among those of the row
//       computed<&word_of, &set_word, kWordNames>("word"),  // an enum that is made of members
//   };
//
// A field is bool, an integer, double, std::string, an enum or a struct with a table; or an optional, a vector or a
// map by text of these, to any depth. Numbers of the type double are 0 or more unless the field says kAnySign.
//
// A field may be absent: an optional without a value, an empty text, vector or map, an enumerator without a name, and a
// number that is not finite. Absent fields are not written; unless_zero() and even_if_empty() of a field change that.
// Units are those of the structs; nothing is converted. Tables are constants without an owner: a table refers to the
// tables of its fields, so that all of them have static storage. Nothing here knows a JSON library.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/field_type.h"

namespace bakeoff::journal::fields {

/// A field of the struct Owner; a table refuses those of others.
template <typename Owner>
struct FieldOf {
  Field field;

  constexpr FieldOf unless_zero() const { return with(Presence::not_zero); }
  constexpr FieldOf even_if_empty() const { return with(Presence::always); }

 private:
  constexpr FieldOf with(Presence presence) const {
    FieldOf changed = *this;
    changed.field.presence = presence;
    return changed;
  }
};

/// The fields of Owner, in the order in which they are written.
template <typename Owner, std::size_t N>
struct FieldTable {
  using Of = Owner;
  std::array<Field, N> fields;

  template <std::same_as<FieldOf<Owner>>... Fields>
  constexpr FieldTable(const Fields&... each) : fields{each.field...} {}
};
template <typename Owner, typename... Others>
FieldTable(const FieldOf<Owner>&, const Others&...) -> FieldTable<Owner, 1 + sizeof...(Others)>;

template <typename Enum>
struct NameOf {
  Enum value;
  std::string_view name;
};
// Written out for clang before 17, which deduces nothing for an aggregate.
template <typename Enum>
NameOf(Enum, std::string_view) -> NameOf<Enum>;

/// The names of an enum's values.
template <typename Enum, std::size_t N>
struct EnumNames {
  using Of = Enum;
  std::string_view expected;  ///< For messages: "one of the outcomes of this version".
  std::array<EnumName, N> names;

  template <std::same_as<NameOf<Enum>>... Each>
  constexpr EnumNames(std::string_view expected_name, const Each&... each)
      : expected(expected_name), names{EnumName{static_cast<std::uint64_t>(each.value), each.name}...} {}
};
template <typename Enum, typename... Others>
EnumNames(std::string_view, const NameOf<Enum>&, const Others&...) -> EnumNames<Enum, 1 + sizeof...(Others)>;

namespace detail {

template <auto Member>
struct MemberOf;
template <typename Owner, typename T, T Owner::*Member>
struct MemberOf<Member> {
  using Struct = Owner;
  using Value = T;
  static const void* of(const void* object) { return &(as<Owner>(object).*Member); }
};

template <auto Get>
struct GetterOf;
template <typename Owner, typename Enum, Enum (*Get)(const Owner&)>
struct GetterOf<Get> {
  using Struct = Owner;
  using Value = Enum;
  static const void* owner(const void* object) { return object; }
};

template <auto Get, auto Set, const auto& Names>
constexpr FieldType make_computed_type() {
  using Owner = typename GetterOf<Get>::Struct;
  using Enum = typename GetterOf<Get>::Value;
  static_assert(std::same_as<typename std::remove_cvref_t<decltype(Names)>::Of, Enum>, "the names of another enum");
  FieldType type;
  type.kind = FieldKind::enumeration;
  type.integer = {.get = [](const void* owner) { return static_cast<std::uint64_t>(Get(as<Owner>(owner))); },
                  .set = [](void* owner, std::uint64_t bits) { Set(as<Owner>(owner), static_cast<Enum>(bits)); }};
  type.names = Names.names;
  type.expected_name = Names.expected;
  return type;
}

template <auto Get, auto Set, const auto& Names>
inline constexpr FieldType kComputedType = make_computed_type<Get, Set, Names>();

}  // namespace detail

/// The member, under `name` (which lives as long as the program). Detail is the table or the names of what is in it,
/// or kAnySign.
template <auto Member, const auto& Detail = kNoDetail>
constexpr auto field(std::string_view name) {
  using The = detail::MemberOf<Member>;
  return FieldOf<typename The::Struct>{
      {.name = name, .type = &detail::kType<typename The::Value, Detail>, .of = &The::of}};
}

/// A field that no member holds as it is written: an enum that Get makes of the owner, and that Set puts into it.
/// Fields are read in the order of their table, so that Set may build on those before it.
///   Enum Get(const Owner&);  void Set(Owner&, Enum);
template <auto Get, auto Set, const auto& Names>
constexpr auto computed(std::string_view name) {
  using The = detail::GetterOf<Get>;
  return FieldOf<typename The::Struct>{
      {.name = name, .type = &detail::kComputedType<Get, Set, Names>, .of = &The::owner}};
}

/// The fields of the member, a struct, among those of its owner.
template <auto Member, const auto& TableOfMember>
constexpr auto embedded() {
  return field<Member, TableOfMember>("");
}

/// The name of an enumeration's value, "" where it has none.
std::string_view name_of(const FieldType& type, const void* value);

/// Whether there is anything to write of the value: it is not absent.
bool known(const FieldType& type, const void* value);

/// Whether the field of `object` is to be written.
bool present(const Field& field, const void* object);

/// A value that is known, as text: a text or a name as it is, everything else as JSON.
std::string text_of(const FieldType& type, const void* value);

/// Whether two values of one type are the same. Members that are absent are the same, in whatever way they are absent.
bool same(const FieldType& type, const void* one, const void* other);

/// A field in which two structs differ. A text or a name is as it is, everything else as JSON; absent is absent.
struct Difference {
  std::string_view name;
  std::optional<std::string> one, other;
};

std::vector<Difference> differences(std::span<const Field> fields, const void* one, const void* other);

/// The fields in which the two differ, in the order of the table.
template <typename T, std::size_t N>
std::vector<Difference> differences(const FieldTable<T, N>& table, const T& one, const T& other) {
  return differences(table.fields, &one, &other);
}

}  // namespace bakeoff::journal::fields
