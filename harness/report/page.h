// A page of labelled lines for a terminal: labels in one column, text beside them, broken at the width.
#pragma once

#include <string>
#include <string_view>

#include "harness/report/terminal.h"

namespace bakeoff::report {

/// Escapes (ECMA-48), used where the style has colour.
inline constexpr std::string_view kPlain;
inline constexpr std::string_view kBold = "\x1b[1m";
inline constexpr std::string_view kDim = "\x1b[2m";
inline constexpr std::string_view kGood = "\x1b[32m";
inline constexpr std::string_view kBad = "\x1b[1;31m";
inline constexpr std::string_view kStruck = "\x1b[2;9m";

/// `text` between the escape and its end; as it is when the escape or the text is "".
std::string coloured(std::string_view text, std::string_view escape);

/// A void figure in the text of a Page's field: shown struck out, and never broken between two lines.
std::string void_figure(std::string figure);

/// The first place of `part` in a field's first line is shown with `escape`.
struct Emphasis {
  std::string part;
  std::string_view escape;
};

class Page {
 public:
  explicit Page(const TerminalStyle& style) : style_(style) {}

  void heading(const std::string& text);
  void paragraph(const std::string& text);
  /// `label` may be "": a further line of the field above.
  void field(const std::string& label, const std::string& text, const Emphasis& emphasis = {});
  /// An empty line, unless the last one is.
  void gap();
  /// Lines that have their layout already.
  void raw(const std::string& lines) { text_ += lines; }

  const TerminalStyle& style() const { return style_; }
  bool colour() const { return style_.colour; }
  const std::string& text() const { return text_; }

 private:
  TerminalStyle style_;
  std::string text_;
};

}  // namespace bakeoff::report
