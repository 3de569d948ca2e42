// One table of a TOML file with the checks that every key needs: known, of the right type, in range. What is wrong
// becomes an InputError in one line. Includes toml++: for .cpp files only.
#pragma once

#include <toml++/toml.h>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/input/resolve_name.h"

namespace bakeoff::input {

class TomlSection {
 public:
  /// `prefix` is put before the keys in messages: "tables[0].". The table must outlive the section. Without `tell` a
  /// name has to be written as it is.
  TomlSection(const toml::table& table, std::string_view file, std::string prefix, Tell tell = {});

  bool has(std::string_view key) const { return node_of(key) != nullptr; }

  /// The same section, in which the key has another value; `place` is put before what is wrong with it: "--set:
  /// connections: ". The node must outlive the section.
  TomlSection with(std::string_view key, const toml::node& value, std::string place) const;
  /// The same section, in which the key has the value of one element of its array.
  TomlSection with_element(std::string_view key, std::size_t index) const;
  /// How many elements the key's array has; nullopt where its value is no array, or it is missing.
  std::optional<std::size_t> array_size(std::string_view key) const;
  /// nullopt where the key's value is no number, or it is missing.
  std::optional<double> number_if_any(std::string_view key) const;

  /// Throws for the first key of the file that is not in `keys`.
  void require_known(std::span<const std::string> keys) const;

  /// Each returns nullopt when the key is missing, and throws for the wrong type or a value out of range.
  std::optional<std::string> text(std::string_view key, const std::string& expected) const;
  std::optional<std::uint64_t> whole(std::string_view key, std::uint64_t least, std::uint64_t most) const;
  std::optional<double> seconds(std::string_view key, double least, double most) const;
  /// `what` it is, for the message: "a number of requests per second".
  std::optional<double> number(std::string_view key, double least, double most, const std::string& what) const;
  std::optional<bool> flag(std::string_view key) const;
  std::optional<std::vector<std::string>> texts(std::string_view key, const std::string& expected) const;
  std::optional<std::vector<TomlSection>> sections(std::string_view key) const;
  /// The table below a key that is there; throws where it is not a table.
  TomlSection section(std::string_view key) const;
  /// In the order of the file.
  std::vector<std::string> keys() const;
  /// A text that must be one of `names`, or the same word as one (nearest_name.h).
  std::optional<std::string> name(std::string_view key, std::span<const std::string> names) const;

  /// Throws: the line is that of the key's value (of its element `index`), or of the section when the key is missing.
  [[noreturn]] void fail(std::string_view key, const std::string& found, const std::string& expected) const;
  [[noreturn]] void fail_element(std::string_view key, std::size_t index, const std::string& found,
                                 const std::string& expected) const;

  /// Tells that the element of an array was taken for `took`, where that is another word.
  void tell_element(std::string_view key, std::size_t index, const std::string& found, const std::string& took) const;

  /// The line on which the key's value stands; 1 when it is missing.
  std::size_t line_of(std::string_view key) const;

  /// The value as it would be written: "thread" in quotes, 5, an array.
  std::string shown(std::string_view key) const;

 private:
  /// A value that a key has instead of the file's.
  struct Override {
    const toml::node* value;
    std::string place;
  };

  const toml::node* node_of(std::string_view key) const;
  /// "FILE:LINE: tables[0].connections: "
  std::string place_of(std::string_view key) const;
  std::string place_of_element(std::string_view key, std::size_t index) const;
  std::string place_in_file(const toml::node* node, const std::string& key) const;

  const toml::table* table_;
  std::string_view file_;
  std::string prefix_;
  Tell tell_;
  std::map<std::string, Override, std::less<>> overrides_{};
};

/// Throws InputError "FILE:LINE: no TOML: ..." in one line. `file` is for messages.
toml::table parse_toml(std::string_view text, std::string_view file);

/// The key `name` of the section, which becomes part of file names: 1 to 40 small letters, digits and hyphens.
std::optional<std::string> read_name(const TomlSection& section);

}  // namespace bakeoff::input
