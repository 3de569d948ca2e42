#include "harness/report/plots/svg.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "harness/measure/plain_text.h"
#include "harness/report/text_layout.h"

namespace bakeoff::report::plots {
namespace {

constexpr double kCharacter = 6.4;  ///< Of a text of 12 px in a usual font without serifs.
constexpr double kMarkRadius = 4;

/// Style k is .sk for lines and marks and .fk for areas. Dark mode has the lighter tone of each.
constexpr std::string_view kStyle = R"(<style>
text{font:12px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:#1a1a1a}
.small{font-size:11px}.quiet{fill:#5a5a5a}.bold{font-weight:600}
.back{fill:#fff}.axis{stroke:#4a4a4a;fill:none}.grid{stroke:#e2e2e2;fill:none}.ref{stroke:#4a4a4a;stroke-dasharray:5 3;fill:none}
.line{fill:none;stroke-width:1.8}.curve{stroke-width:1.2}.amdahl{stroke-dasharray:9 4}.usl{stroke-dasharray:1.5 3}.perfect{stroke-dasharray:3 5}.ring{fill:none;stroke:#4a4a4a;stroke-width:1.2}.whisker{stroke-width:1.6;fill:none}.mark{stroke-width:1.6}.band{stroke:none;fill-opacity:.16}
.s0{stroke:#0072b2}.s1{stroke:#d55e00}.s2{stroke:#009e73}.s3{stroke:#b0548a}.s4{stroke:#c98600}.s5{stroke:#3a93c6}.s6{stroke:#4a4a4a}.s7{stroke:#7a5230}
.f0{fill:#0072b2}.f1{fill:#d55e00}.f2{fill:#009e73}.f3{fill:#b0548a}.f4{fill:#c98600}.f5{fill:#3a93c6}.f6{fill:#4a4a4a}.f7{fill:#7a5230}
.d1{stroke-dasharray:7 3}.d2{stroke-dasharray:2 2}.d3{stroke-dasharray:9 3 2 3}.d4{stroke-dasharray:12 4}.d5{stroke-dasharray:4 4}.d6{stroke-dasharray:1 3}.d7{stroke-dasharray:10 2 2 2 2 2}
.hollow{fill:#fff}
@media (prefers-color-scheme:dark){
text{fill:#e6e6e6}.quiet{fill:#a8a8a8}.back,.hollow{fill:#14171a}.axis,.ref,.ring{stroke:#b0b0b0}.grid{stroke:#33383d}
.s0{stroke:#4aa8e0}.s1{stroke:#ff8a3d}.s2{stroke:#2bc79b}.s3{stroke:#d98ab8}.s4{stroke:#e8b040}.s5{stroke:#86c8f0}.s6{stroke:#b8b8b8}.s7{stroke:#c8a27a}
.f0{fill:#4aa8e0}.f1{fill:#ff8a3d}.f2{fill:#2bc79b}.f3{fill:#d98ab8}.f4{fill:#e8b040}.f5{fill:#86c8f0}.f6{fill:#b8b8b8}.f7{fill:#c8a27a}
.hollow{fill:#14171a}}
@media print{text{fill:#000}.back,.hollow{fill:#fff}}
</style>
)";

/// One decimal, without a trailing zero: drawings are compared byte by byte.
std::string number(double value) {
  const double rounded = std::round(value * 10) / 10;
  std::string text = fmt::format("{:.1f}", rounded == 0 ? 0 : rounded);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

std::string in_list(std::span<const Point> points) {
  std::string list;
  for (const Point& point : points) {
    list += fmt::format("{}{},{}", list.empty() ? "" : " ", number(point.x), number(point.y));
  }
  return list;
}

/// Circle, square, triangle, diamond, triangle on its point, hourglass, star, plus, in the order of the styles.
std::string path_of_mark(std::size_t shape, Point at) {
  const double r = kMarkRadius;
  const auto through = [&](std::span<const Point> corners) {
    std::string path;
    for (const Point& corner : corners) {
      path += fmt::format("{}{} {}", path.empty() ? "M" : "L", number(at.x + corner.x), number(at.y + corner.y));
    }
    return path + "Z";
  };
  switch (shape) {
    case 1:
      return through(std::array<Point, 4>{{{-r, -r}, {r, -r}, {r, r}, {-r, r}}});
    case 2:
      return through(std::array<Point, 3>{{{0, -r - 1}, {r + 1, r}, {-r - 1, r}}});
    case 3:
      return through(std::array<Point, 4>{{{0, -r - 1}, {r + 1, 0}, {0, r + 1}, {-r - 1, 0}}});
    case 4:
      return through(std::array<Point, 3>{{{0, r + 1}, {r + 1, -r}, {-r - 1, -r}}});
    case 5:
      return through(std::array<Point, 4>{{{-r, -r}, {r, r}, {r, -r}, {-r, r}}});
    case 6:
      return through(std::array<Point, 5>{{{-r, -1}, {r, -1}, {-r + 1, r}, {0, -r - 1}, {r - 1, r}}});
    case 7: {
      const double thin = r / 3;
      return through(std::array<Point, 12>{{{-thin, -r},
                                            {thin, -r},
                                            {thin, -thin},
                                            {r, -thin},
                                            {r, thin},
                                            {thin, thin},
                                            {thin, r},
                                            {-thin, r},
                                            {-thin, thin},
                                            {-r, thin},
                                            {-r, -thin},
                                            {-thin, -thin}}});
    }
    default:
      return fmt::format("M{} {}a{} {} 0 1 0 {} 0a{} {} 0 1 0 {} 0Z", number(at.x - r), number(at.y), number(r),
                         number(r), number(2 * r), number(r), number(r), number(-2 * r));
  }
}

std::string_view word_of(Anchor anchor) {
  switch (anchor) {
    case Anchor::start:
      return "start";
    case Anchor::middle:
      return "middle";
    case Anchor::end:
      return "end";
  }
  return "start";
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string escaped;
  for (const char c : measure::plain_line(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

double text_width(std::string_view text) {
  return kCharacter * static_cast<double>(display_width(text));
}

Svg::Svg(double width, double height, std::string_view title, std::string_view description) {
  out_ = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\">\n"
      "<title>{2}</title>\n<desc>{3}</desc>\n{4}<rect class=\"back\" width=\"{0}\" height=\"{1}\"/>\n",
      number(width), number(height), xml_text(title), xml_text(description), kStyle);
}

void Svg::line(Point from, Point to, std::string_view look) {
  out_ += fmt::format("<line class=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n", look, number(from.x),
                      number(from.y), number(to.x), number(to.y));
}

void Svg::polyline(std::span<const Point> points, std::string_view look) {
  out_ += fmt::format("<polyline class=\"{}\" points=\"{}\"/>\n", look, in_list(points));
}

void Svg::polygon(std::span<const Point> points, std::string_view look) {
  out_ += fmt::format("<polygon class=\"{}\" points=\"{}\"/>\n", look, in_list(points));
}

void Svg::rect(Point top_left, double width, double height, std::string_view look) {
  out_ += fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n", look, number(top_left.x),
                      number(top_left.y), number(width), number(height));
}

void Svg::mark(Point at, std::size_t style, bool hollow, std::string_view tip) {
  draw_mark(style, path_of_mark(style % kStyles, at), hollow, tip);
}

void Svg::ring(Point at) {
  out_ += fmt::format("<circle class=\"ring\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>\n", number(at.x), number(at.y),
                      number(2 * kMarkRadius));
}

void Svg::dot(Point at, std::size_t style, bool hollow, std::string_view tip) {
  draw_mark(style, path_of_mark(0, at), hollow, tip);
}

void Svg::draw_mark(std::size_t style, const std::string& path, bool hollow, std::string_view tip) {
  const std::size_t colour = style % kStyles;
  out_ += fmt::format("<path class=\"mark s{} {}\" d=\"{}\"><title>{}</title></path>\n", colour,
                      hollow ? "hollow" : fmt::format("f{}", colour), path, xml_text(tip));
}

void Svg::text(Point at, std::string_view text, Anchor anchor, std::string_view look) {
  out_ += fmt::format("<text x=\"{}\" y=\"{}\"{}{}>{}</text>\n", number(at.x), number(at.y),
                      anchor == Anchor::start ? "" : fmt::format(" text-anchor=\"{}\"", word_of(anchor)),
                      look.empty() ? "" : fmt::format(" class=\"{}\"", look), xml_text(text));
}

void Svg::vertical_text(Point at, std::string_view text) {
  out_ +=
      fmt::format("<text class=\"quiet\" text-anchor=\"middle\" transform=\"translate({} {}) rotate(-90)\">{}</text>\n",
                  number(at.x), number(at.y), xml_text(text));
}

std::string Svg::str() && {
  return std::move(out_) + "</svg>\n";
}

}  // namespace bakeoff::report::plots
