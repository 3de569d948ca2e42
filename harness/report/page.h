// A page of labelled lines for a terminal: labels in one column, text beside them, broken at the width.
#pragma once

#include <string>
#include <string_view>

#include "harness/report/terminal_style.h"

namespace bakeoff::report {

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
  /// A void figure for the text of a field: struck out, and never broken between two lines.
  std::string void_figure(std::string figure) const;
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
