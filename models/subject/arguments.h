// The command line of bakeoff-subject. It is small and plain, so that the process's memory is the model's own.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/settings.h"

namespace bakeoff::models::subject {

/// The command line, or something that it names, is wrong: one line for stderr, exit code 2.
class ArgumentError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The words after the command: `--name value`, `--name=value`, `--flag`, and all others in their order.
class Arguments {
 public:
  /// `positions` names the words without dashes that must be there, `options` the possible options that take a value,
  /// `flags` those that take none.
  Arguments(std::span<const char* const> words, std::initializer_list<std::string_view> positions,
            std::initializer_list<std::string_view> options, std::initializer_list<std::string_view> flags = {});

  const std::string& position(std::size_t index) const { return positions_.at(index); }
  bool has(std::string_view option) const { return options_.contains(option); }
  std::string text(std::string_view option, std::string_view otherwise) const;
  /// All values of an option that may be given several times: --set.
  std::vector<std::string> texts(std::string_view option) const;
  /// Throws ArgumentError unless it is a whole number from `least` to `most`.
  std::uint64_t number(std::string_view option, std::uint64_t otherwise, std::uint64_t least, std::uint64_t most) const;

 private:
  std::vector<std::string> positions_;
  std::multimap<std::string, std::string, std::less<>> options_;
};

/// Applies each `--set NAME=VALUE`. Throws ArgumentError, which names `whose` they are.
void apply_settings(const Arguments& arguments, std::string_view whose, workloads::Settings& settings);

/// An error that names what was found, what is known, and the nearest of the known names where one is near.
ArgumentError unknown_name(std::string_view kind, std::string_view found, std::span<const std::string_view> known);

}  // namespace bakeoff::models::subject
