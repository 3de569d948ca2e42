// How text is marked on a terminal: colours, bold, and the strike through a figure that may not be believed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bakeoff::report {

struct TerminalStyle {
  std::size_t width = 0;  ///< Columns; 0 is unlimited. A table that is wider is continued below, subjects repeated.
  /// Columns of captions, notes and other sentences; 0: as many as `width`. In a pipe the rows of tables stay whole,
  /// for programs that read them, and sentences are still broken.
  std::size_t text_width = 0;
  bool colour = false;  ///< Bold, dim and strike-through escapes; otherwise "~5.5~" and "*".

  std::size_t sentence_width() const { return text_width != 0 ? text_width : width; }
};

/// Escapes (ECMA-48), used where the style has colour.
inline constexpr std::string_view kPlain;
inline constexpr std::string_view kBold = "\x1b[1m";
inline constexpr std::string_view kDim = "\x1b[2m";
inline constexpr std::string_view kGood = "\x1b[32m";
inline constexpr std::string_view kBad = "\x1b[1;31m";
inline constexpr std::string_view kBar = "\x1b[36m";

/// `text` between the escape and its end; as it is when the escape or the text is "".
std::string coloured(std::string_view text, std::string_view escape);

/// A void figure: "~5.5 us~", or between the escapes for struck-out text, which take no columns (text_layout.h).
std::string struck_out(std::string_view figure, bool colour);

}  // namespace bakeoff::report
