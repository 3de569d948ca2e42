// What a typed name stands for, what is wrong with one that stands for nothing, and what its user is told.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bakeoff::input {

/// Is told, one line at a time, which names were taken for others.
using Tell = std::function<void(const std::string& line)>;

/// What is wrong with a name: what was found and what was expected.
struct NameFault {
  std::string found, expected;
};

/// A name as it was meant; with a fault, the word as it was typed.
struct ResolvedName {
  std::string name;
  std::optional<NameFault> fault{};
};

bool contains(std::span<const std::string> names, std::string_view name);

/// Resolves a word to the one of `valid` that it names: the word itself, or the only name that is the same word
/// (nearest_name.h). Without `tell` nobody would learn of the other spelling, so the word has to be exact.
ResolvedName resolve_name(const std::string& word, std::span<const std::string> valid, const Tell& tell);

/// Tells that `word` was taken for `name`, unless they are equal. `place` says where the word stood: "--subjects: ".
void tell_substitution(const Tell& tell, std::string_view place, std::string_view word, std::string_view name);

}  // namespace bakeoff::input
