// Text with named placeholders: "listen 127.0.0.1:@port@;". A name is small letters, digits and underscores between two
// @; every other @ stands for itself. Nothing else is understood: no expressions, no conditions. Pure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::subjects {

/// Throws input::InputError for the first placeholder that is none of `names`: "FILE:LINE: found the placeholder
/// @prot@, expected one of ...; did you mean @port@?". `file` is for the message; `line` is that of the text's first
/// line.
void check_placeholders(std::string_view text, std::span<const std::string> names, std::string_view file,
                        std::size_t line = 1);

/// The text with every placeholder replaced; one that is not among the values stays as it is.
std::string fill_in(std::string_view text, const std::map<std::string, std::string>& values);

}  // namespace bakeoff::subjects
