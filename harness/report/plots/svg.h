// A drawing as SVG text. Coordinates are CSS pixels, from the top left. Names and sentences of others are made plain
// and escaped. A drawing brings its own style: the same bytes are shown by a browser, by a viewer of Markdown and by a
// converter to PDF, in light and in dark.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace bakeoff::report::plots {

struct Point {
  double x = 0, y = 0;
};

enum class Anchor { start, middle, end };

/// Subjects are told apart by colour, by the shape of their marks and by the dashes of their lines: in grey, and by
/// readers who see no red or no green. The colours are those of M. Okabe and K. Ito, "Color Universal Design" (2008),
/// but for yellow, which is too pale on white and gives way to a brown.
inline constexpr std::size_t kStyles = 8;

class Svg {
 public:
  /// `title` and `description` are for those who hear the page.
  Svg(double width, double height, std::string_view title, std::string_view description);

  /// `look` is one or more of the classes of the style (svg.cpp): "axis", "grid", "line s0".
  void line(Point from, Point to, std::string_view look);
  void polyline(std::span<const Point> points, std::string_view look);
  void polygon(std::span<const Point> points, std::string_view look);
  void rect(Point top_left, double width, double height, std::string_view look);
  /// The mark of style `style`; hollow where its value is void. A pointer that rests on it sees `tip`.
  void mark(Point at, std::size_t style, bool hollow, std::string_view tip);
  /// Around a mark.
  void ring(Point at);
  /// A round mark in the colour of the style, where shapes tell nothing apart.
  void dot(Point at, std::size_t style, bool hollow, std::string_view tip);
  void text(Point at, std::string_view text, Anchor anchor = Anchor::start, std::string_view look = "");
  /// Upwards, along a vertical axis.
  void vertical_text(Point at, std::string_view text);

  /// Ends the drawing, which is one line of text per element.
  std::string str() &&;

 private:
  void draw_mark(std::size_t style, const std::string& path, bool hollow, std::string_view tip);

  std::string out_;
};

/// How wide a text of the drawing is, about: its font is the reader's.
double text_width(std::string_view text);

/// As it stands between two tags, or in an attribute.
std::string xml_text(std::string_view text);

}  // namespace bakeoff::report::plots
