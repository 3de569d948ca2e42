// The name that somebody probably meant.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::input {

/// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The closest of `names`, the first of equals; "" when none is close enough to be a slip of the keys.
std::string nearest(std::string_view word, std::span<const std::string> names);

/// Names in groups, the ones that are most like a word first.
using CloseNames = std::array<std::vector<std::string>, 3>;

/// Those of `names` that are the same word: in the first group the word itself; in the second what differs in the case
/// of letters or in '_' for '-'; in the third what differs besides in singular and plural ("thread-pools").
CloseNames close_names(std::string_view word, std::span<const std::string> names);

/// The intended name: the only one that fits in the first group in which any fits; nullopt when none fits or several
/// do. Absent, `fits` is true of all.
std::optional<std::string> intended_name(const CloseNames& alike,
                                         const std::function<bool(const std::string&)>& fits = {});
std::optional<std::string> intended_name(std::string_view word, std::span<const std::string> names);

/// What a user is told who wrote another word than the one that was taken: found "thread", took "threads".
std::string substitution_message(std::string_view found, std::string_view took);

/// "; did you mean \"http\"?", or "" when nothing is near. Where no name is a slip of the keys away, those that have
/// the word as a part: for "pipe" \"message-pipe\" or \"switch-pipe\".
std::string did_you_mean(std::string_view word, std::span<const std::string> names);

/// "echo, http, counter"
std::string join_names(std::span<const std::string> names);

}  // namespace bakeoff::input
