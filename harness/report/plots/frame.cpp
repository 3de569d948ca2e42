#include "harness/report/plots/frame.h"

#include <fmt/format.h>

namespace bakeoff::report::plots {
namespace {

constexpr double kLegendLine = 18;
constexpr double kSample = 30;  ///< The line and the mark before a name.
constexpr double kGap = 18;

/// Where each entry begins.
std::vector<Point> places_of(const std::vector<LegendEntry>& entries, double width) {
  std::vector<Point> places;
  Point next{0, 0};
  for (const LegendEntry& entry : entries) {
    const double wide = kSample + text_width(entry.name);
    if (next.x > 0 && next.x + wide > width) next = {0, next.y + kLegendLine};
    places.push_back(next);
    next.x += wide + kGap;
  }
  return places;
}

}  // namespace

Axis axis_of(const Scale& scale, const std::string& title) {
  return {scale, title, scale.ticks()};
}

void draw_frame(Svg& svg, const Axis& x, const Axis& y) {
  const double left = x.scale.from(), right = x.scale.to(), bottom = y.scale.from(), top = y.scale.to();
  for (const Tick& tick : x.ticks) {
    const double at = x.scale.at(tick.value);
    svg.line({at, bottom}, {at, top}, "grid");
    svg.text({at, bottom + 16}, tick.text, Anchor::middle, "small quiet");
  }
  for (const Tick& tick : y.ticks) {
    const double at = y.scale.at(tick.value);
    svg.line({left, at}, {right, at}, "grid");
    svg.text({left - 6, at + 4}, tick.text, Anchor::end, "small quiet");
  }
  svg.line({left, bottom}, {right, bottom}, "axis");
  svg.line({left, bottom}, {left, top}, "axis");
  svg.text({(left + right) / 2, bottom + 34}, x.title, Anchor::middle, "quiet");
  svg.vertical_text({14, (top + bottom) / 2}, y.title);
}

double legend_height(const std::vector<LegendEntry>& entries, double width) {
  const std::vector<Point> places = places_of(entries, width);
  return places.empty() ? 0 : places.back().y + kLegendLine;
}

void draw_legend(Svg& svg, Point top_left, double width, const std::vector<LegendEntry>& entries) {
  const std::vector<Point> places = places_of(entries, width);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Point at{top_left.x + places[i].x, top_left.y + places[i].y + kLegendLine / 2};
    const LegendEntry& one = entries[i];
    if (!one.look.empty()) svg.line(at, {at.x + kSample - 6, at.y}, one.look);
    if (one.has_mark) svg.mark({at.x + (kSample - 6) / 2, at.y}, one.style, one.is_void, one.name);
    svg.text({at.x + kSample, at.y + 4}, one.name);
  }
}

std::string line_look(std::size_t style) {
  const std::size_t one = style % kStyles;
  return one == 0 ? "line s0" : fmt::format("line s{0} d{0}", one);
}

}  // namespace bakeoff::report::plots
