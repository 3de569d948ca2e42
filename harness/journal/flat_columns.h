// Objects as a flat table, by the tables of their fields (fields.h), so that a new field appears by itself: a column
// for each value that one of the objects has. For programs that read tables.
//
//   params.connections           a field of a struct has the names of both, with a dot between them
//   client.latency_us.total.p99  so has what stands in a map under a key
//   job.figures.switch_ns        a number that stands in a list beside texts has these texts for its name:
//                                {"name": "switch_ns", "value": 3}
//   subject_cpus                 any other list is one column, whose values are lists
//
// Values are not copied: a column refers to those of the objects, which must outlive it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/journal/fields.h"

namespace bakeoff::journal::fields {

struct FlatColumn {
  std::string name;
  const FieldType* type = nullptr;    ///< Of the values; no object, map or optional.
  std::vector<const void*> values{};  ///< One per object, in their order; nullptr where the object has none.
};

/// Each object is of the struct that the fields are of. Columns stand in the order of the fields; keys of a map in
/// their own order, and names from texts as they come first. A field that no object has is no column. A key that a map
/// of any object has is one, even where nothing is known under it. Of numbers of one name in one list the first counts.
std::vector<FlatColumn> flat_columns(std::span<const Field> fields, std::span<const void* const> objects);

template <typename T, std::size_t N>
std::vector<FlatColumn> flat_columns(const FieldTable<T, N>& table, std::span<const T> objects) {
  std::vector<const void*> addresses;
  addresses.reserve(objects.size());
  for (const T& object : objects) addresses.push_back(&object);
  return flat_columns(table.fields, addresses);
}

}  // namespace bakeoff::journal::fields
