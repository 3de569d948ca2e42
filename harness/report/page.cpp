#include "harness/report/page.h"

#include <algorithm>
#include <vector>

#include "harness/report/text_layout.h"

namespace bakeoff::report {
namespace {

constexpr std::size_t kMargin = 2;
constexpr std::size_t kLabelWidth = 12;

constexpr char kUnbroken = '\x1f';  // Stands for a space at which a line is not broken.

// Breaks lines between the parts of "a b · c d", and within one only where it is longer than a line.
std::vector<std::string> wrap_parts(std::string text, std::size_t width, std::size_t indent) {
  constexpr std::string_view kBetween = " · ";
  if (text.find(kBetween) == std::string::npos) return wrap(text, width, indent);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(kBetween, begin), text.size());
    if (indent + display_width(std::string_view(text).substr(begin, end - begin)) + 2 <= width) {
      // With the dot that follows, because no line begins with one.
      std::replace(text.begin() + static_cast<std::ptrdiff_t>(begin),
                   text.begin() + static_cast<std::ptrdiff_t>(std::min(end + 1, text.size())), ' ', kUnbroken);
    }
    begin = end + kBetween.size();
  }
  return wrap(text, width, indent);
}

/// With the spaces at which it was not to be broken.
std::string with_spaces(std::string line) {
  std::replace(line.begin(), line.end(), kUnbroken, ' ');
  return line;
}

}  // namespace

std::string Page::void_figure(std::string figure) const {
  std::replace(figure.begin(), figure.end(), ' ', kUnbroken);
  return struck_out(figure, style_.colour);
}

void Page::heading(const std::string& text) {
  for (const std::string& line : wrap(text, style_.sentence_width(), kMargin)) {
    text_ += coloured(line, style_.colour ? kBold : kPlain) + "\n";
  }
}

void Page::paragraph(const std::string& text) {
  std::size_t width = style_.sentence_width();
  if (width > kMargin) width -= kMargin;
  for (const std::string& line : wrap_parts(text, width, 0)) {
    text_ += std::string(kMargin, ' ') + with_spaces(line) + "\n";
  }
}

void Page::field(const std::string& label, const std::string& text, const Emphasis& emphasis) {
  const std::size_t indent = kMargin + kLabelWidth;
  std::string head = std::string(kMargin, ' ') + label;
  head.resize(indent, ' ');
  // The text is wrapped in what is left beside the labels; a line of further detail keeps its own indent.
  const std::size_t inner = text.find_first_not_of(' ') == std::string::npos ? 0 : text.find_first_not_of(' ');
  std::size_t width = style_.sentence_width();
  if (width > 0) width = width > indent ? width - indent : 1;
  bool first = true;
  for (const std::string& laid_out : wrap_parts(text, width, inner)) {
    std::string line = with_spaces(laid_out);
    if (first && style_.colour && !emphasis.part.empty()) {
      if (const auto at = line.find(emphasis.part); at != std::string::npos) {
        line.replace(at, emphasis.part.size(), coloured(emphasis.part, emphasis.escape));
      }
    }
    const std::string start = first ? head : std::string(indent, ' ');
    text_ += (style_.colour && first && !label.empty() ? coloured(start, kDim) : start) + line + "\n";
    first = false;
  }
}

void Page::gap() {
  if (!text_.empty() && !text_.ends_with("\n\n")) text_ += "\n";
}

}  // namespace bakeoff::report
