// The words in which bakeoff speaks about measurements, each explained in a sentence or two.
#pragma once

#include <span>
#include <string_view>

namespace bakeoff::commands::help {

struct GlossaryEntry {
  std::string_view word, meaning;
};

/// In alphabetical order.
std::span<const GlossaryEntry> glossary();

}  // namespace bakeoff::commands::help
