// Any text as LaTeX source that pdflatex sets as that text, in every font encoding.
#pragma once

#include <string>
#include <string_view>

namespace bakeoff::report {

/// ASCII, in one line. A character that LaTeX's standard fonts lack, or a byte that is not UTF-8, becomes "U+4E2D" or
/// "U+FFFD" in small type: a subject's last words may be anything, and must not stop the document.
std::string latex_text(std::string_view text);

}  // namespace bakeoff::report
