#include "harness/input/nearest_name.h"

#include <algorithm>

namespace bakeoff::input {
namespace {

constexpr std::string_view kBetweenParts = "-:=,";

std::string without_case(std::string_view word) {
  std::string folded(word);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_') c = '-';
  }
  return folded;
}

/// "event-loops" -> event, loops. A separator begins the part behind it, so that two words with the same parts are one.
std::vector<std::string_view> parts_of(std::string_view word) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0, end = 0; begin < word.size(); begin = end) {
    end = std::min(word.find_first_of(kBetweenParts, begin + 1), word.size());
    parts.push_back(word.substr(begin, end - begin));
  }
  return parts;
}

bool is_plural_of(std::string_view many, std::string_view one) {
  return !one.empty() && many.starts_with(one) && (many.substr(one.size()) == "s" || many.substr(one.size()) == "es");
}

bool same_but_for_number(std::string_view a, std::string_view b) {
  return std::ranges::equal(parts_of(a), parts_of(b), [](std::string_view left, std::string_view right) {
    return left == right || is_plural_of(left, right) || is_plural_of(right, left);
  });
}

/// The names of which the word is one part: "redis" is a part of "real-redis".
std::vector<std::string> with_part(std::string_view word, std::span<const std::string> names) {
  std::vector<std::string> found;
  for (const std::string& name : names) {
    const auto parts = parts_of(name);
    const auto is_it = [&](std::string_view part) {
      return part == word || (part.starts_with('-') && part.substr(1) == word);
    };
    if (!word.empty() && std::ranges::any_of(parts, is_it)) found.push_back(name);
  }
  return found;
}

}  // namespace

// Optimal string alignment: three rows of the usual table, the third for swaps.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

std::string nearest(std::string_view word, std::span<const std::string> names) {
  const std::string* best = nullptr;
  std::size_t least = 0;
  for (const std::string& name : names) {
    const std::size_t distance = edit_distance(word, name);
    if (best == nullptr || distance < least) {
      best = &name;
      least = distance;
    }
  }
  // More than half of the letters wrong is another word, not a slip.
  if (best == nullptr || least * 2 > std::max(word.size(), best->size())) return "";
  return *best;
}

CloseNames close_names(std::string_view word, std::span<const std::string> names) {
  CloseNames alike;
  const std::string folded = without_case(word);
  for (const std::string& name : names) {
    const std::string other = without_case(name);
    if (name == word) {
      alike[0].push_back(name);
    } else if (other == folded) {
      alike[1].push_back(name);
    } else if (same_but_for_number(folded, other)) {
      alike[2].push_back(name);
    }
  }
  return alike;
}

std::optional<std::string> intended_name(const CloseNames& alike, const std::function<bool(const std::string&)>& fits) {
  for (std::vector<std::string> group : alike) {
    if (fits) std::erase_if(group, [&](const std::string& name) { return !fits(name); });
    if (group.size() > 1) return std::nullopt;
    if (group.size() == 1) return group.front();
  }
  return std::nullopt;
}

std::optional<std::string> intended_name(std::string_view word, std::span<const std::string> names) {
  return intended_name(close_names(word, names));
}

std::string substitution_message(std::string_view found, std::string_view took) {
  return "found \"" + std::string(found) + "\", took \"" + std::string(took) + "\"";
}

std::string did_you_mean(std::string_view word, std::span<const std::string> names) {
  constexpr std::size_t kMost = 4;
  std::vector<std::string> near;
  if (std::string name = nearest(word, names); !name.empty()) near.push_back(std::move(name));
  if (near.empty()) near = with_part(word, names);
  if (near.empty() || near.size() > kMost) return "";
  std::string text;
  for (const std::string& name : near) text += (text.empty() ? "\"" : "\" or \"") + name;
  return "; did you mean " + text + "\"?";
}

std::string join_names(std::span<const std::string> names) {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : ", ") + name;
  return joined;
}

}  // namespace bakeoff::input
