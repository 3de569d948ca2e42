// The name that somebody probably meant.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace bakeoff {

/// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The closest of `names`, the first of equals; "" when none is close enough to be a slip of the keys.
std::string nearest(std::string_view word, std::span<const std::string> names);

/// "; did you mean \"http\"?", or "" when nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> names);

/// "echo, http, counter"
std::string join_names(std::span<const std::string> names);

}  // namespace bakeoff
