#include "harness/subjects/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "harness/input/input_error.h"
#include "harness/input/nearest_name.h"

namespace bakeoff::subjects {
namespace {

bool belongs_to_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// Calls `plain` for text between placeholders and `named` for the name of each, in order.
void scan(std::string_view text, const std::function<void(std::string_view)>& plain,
          const std::function<void(std::string_view name, std::size_t at)>& named) {
  std::size_t done = 0;
  for (std::size_t at = 0; (at = text.find('@', at)) != text.npos;) {
    std::size_t end = at + 1;
    while (end < text.size() && belongs_to_name(text[end])) ++end;
    if (end == at + 1 || end == text.size() || text[end] != '@') {
      at = end;
      continue;
    }
    plain(text.substr(done, at - done));
    named(text.substr(at + 1, end - at - 1), at);
    at = done = end + 1;
  }
  plain(text.substr(done));
}

}  // namespace

void check_placeholders(std::string_view text, std::span<const std::string> names, std::string_view file,
                        std::size_t line) {
  scan(
      text, [](std::string_view) {},
      [&](std::string_view name, std::size_t at) {
        if (std::find(names.begin(), names.end(), name) != names.end()) return;
        const auto before = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        std::string known;
        for (const std::string& one : names) known += (known.empty() ? "@" : ", @") + one + "@";
        const std::string meant = input::nearest(name, names);
        throw input::InputError(fmt::format("{}:{}: found the placeholder @{}@, expected one of {}{}", file,
                                            line + static_cast<std::size_t>(before), name, known,
                                            meant.empty() ? "" : "; did you mean @" + meant + "@?"));
      });
}

std::string fill_in(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string filled;
  scan(
      text, [&](std::string_view part) { filled += part; },
      [&](std::string_view name, std::size_t) {
        const auto value = values.find(std::string(name));
        filled += value != values.end() ? value->second : fmt::format("@{}@", name);
      });
  return filled;
}

}  // namespace bakeoff::subjects
