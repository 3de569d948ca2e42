#include "harness/report/plots/line_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/report/number_format.h"
#include "harness/report/plots/frame.h"

namespace bakeoff::report::plots {
namespace {

constexpr double kFrameHeight = 300;
constexpr double kAbove = 10;

bool is_believed(const LinePoint& point) {
  return point.void_reason.empty() && std::isfinite(point.x) && std::isfinite(point.y);
}

/// All of them: they are chosen and not measured, and none is an outlier. A mark at the end does not stand on the axis.
std::optional<Range> range_of(std::vector<double> values, Scale::Kind kind) {
  constexpr double kMargin = 0.02, kFactor = 1.08;
  const bool is_logarithmic = kind == Scale::Kind::logarithmic;
  if (is_logarithmic) std::erase_if(values, [](double value) { return !(value > 0); });
  if (values.empty()) return std::nullopt;
  const auto [low, high] = std::ranges::minmax(values);
  if (is_logarithmic) return Range{low / kFactor, high * kFactor};
  const double margin = kMargin * (high - low);
  return low < high ? Range{low - margin, high + margin} : Range{low - 0.5, high + 0.5};
}

/// Void points are put in, and never widen the scale.
std::optional<Range> x_range(const LinePlot& plot) {
  if (plot.x.range) return plot.x.range;
  std::vector<double> values;
  for (const Line& line : plot.lines) {
    for (const LinePoint& point : line.points) {
      if (is_believed(point)) values.push_back(point.x);
    }
  }
  return range_of(values, plot.x.kind);
}

/// As much further as it takes to show this value, but not more than ten times.
void reach_to(Range& range, double value) {
  constexpr double kMost = 10, kMargin = 1.08;
  if (!(value > 0) || value > range.high * kMost || value < range.low / kMost) return;
  range.low = std::min(range.low, value / kMargin);
  range.high = std::max(range.high, value * kMargin);
}

std::optional<Range> y_range(const LinePlot& plot) {
  if (plot.y.range) return plot.y.range;
  std::vector<ValueWithin> values;
  std::vector<double> plain;
  for (const Line& line : plot.lines) {
    for (const LinePoint& point : line.points) {
      if (!is_believed(point) || (line.is_curve() && plot.lines.size() > 1)) continue;
      values.push_back({point.y, point.low, point.high});
      plain.push_back(point.y);
    }
  }
  if (plot.y.kind == Scale::Kind::linear) return range_from_zero(plain);
  std::optional<Range> range = logarithmic_range(values);
  if (!range) return range;
  const Range of_values = *range;
  for (const Reference& one : plot.horizontal) reach_to(*range, one.at);
  for (const Line& line : plot.lines) {
    for (const LinePoint& point : line.points) {
      if (line.curve != CurveLook::reference) break;
      Range reached = of_values;
      reach_to(reached, point.y);
      *range = {std::min(range->low, reached.low), std::max(range->high, reached.high)};
    }
  }
  return range;
}

Axis axis(const LineAxis& from, const Scale& scale) {
  Axis axis = axis_of(scale, from.title);
  if (!from.ticks.empty()) axis.ticks = from.ticks;
  std::erase_if(axis.ticks, [&](const Tick& tick) { return !scale.holds(tick.value); });
  return axis;
}

std::string curve_look(std::size_t style, CurveLook curve) {
  if (curve == CurveLook::reference) return "line s6 curve perfect";
  return fmt::format("line s{} curve {}", style % kStyles, curve == CurveLook::amdahl ? "amdahl" : "usl");
}

class Drawing {
 public:
  Drawing(Svg& svg, Scale x, Scale y) : svg_(svg), x_(x), y_(y) {}

  void band(const Line& line) {
    std::vector<Point> upper, lower;
    for (const LinePoint& point : line.points) {
      if (!is_believed(point) || !point.low || !point.high) continue;
      upper.push_back({x_.at(point.x), y_.at(*point.high)});
      lower.push_back({x_.at(point.x), y_.at(*point.low)});
    }
    if (upper.size() < 2) return;
    upper.insert(upper.end(), lower.rbegin(), lower.rend());
    svg_.polygon(upper, fmt::format("band f{}", line.style % kStyles));
  }

  void line(const Line& line) {
    std::vector<Point> points;
    for (const LinePoint& point : line.points) {
      if (is_believed(point)) points.push_back({x_.at(point.x), y_.at(point.y)});
    }
    if (points.size() > 1) svg_.polyline(points, line_look(line.style));
  }

  /// It ends where it leaves the frame: a curve does not set the scale, and may go far beyond it.
  void curve(const Line& line) {
    const auto is_inside = [&](const Point& point) { return y_.to() <= point.y && point.y <= y_.from(); };
    std::vector<Point> points;
    Point before;
    bool has_begun = false;
    for (const LinePoint& point : line.points) {
      const Point next{x_.at(point.x), y_.at_or_beyond(point.y)};
      if (!is_believed(point) || !std::isfinite(next.y)) continue;
      if (has_begun && is_inside(before) != is_inside(next)) {
        const double edge = std::min(before.y, next.y) < y_.to() ? y_.to() : y_.from();
        const double share = (edge - before.y) / (next.y - before.y);
        points.push_back({before.x + share * (next.x - before.x), edge});
      }
      if (is_inside(next)) points.push_back(next);
      before = next;
      has_begun = true;
    }
    if (points.size() > 1) svg_.polyline(points, curve_look(line.style, line.curve));
  }

  void marks(const Line& line) {
    for (const LinePoint& point : line.points) {
      const bool is_void = !is_believed(point);
      if (line.is_curve() || point.tip.empty() || !std::isfinite(point.x) || !std::isfinite(point.y)) continue;
      const Point at{x_.at(point.x), y_.at(point.y)};
      if (point.is_ringed) svg_.ring(at);
      svg_.mark(at, line.style, is_void, point.tip);
      if (!y_.holds(point.y)) say_beyond(at, point.y);
    }
  }

  void references(const LinePlot& plot) {
    for (const Reference& one : plot.horizontal) {
      if (!y_.holds(one.at)) {
        if (one.text.empty()) continue;
        const bool above = one.at > y_.high();
        svg_.text({x_.to() - 4, above ? y_.to() + 12 : y_.from() - 5}, one.text + (above ? " ↑" : " ↓"), Anchor::end,
                  "small");
        continue;
      }
      svg_.line({x_.from(), y_.at(one.at)}, {x_.to(), y_.at(one.at)}, "ref");
      svg_.text({x_.to() - 4, y_.at(one.at) - 5}, one.text, Anchor::end, "small");
    }
    for (const Reference& one : plot.vertical) {
      if (!x_.holds(one.at)) continue;
      svg_.line({x_.at(one.at), y_.from()}, {x_.at(one.at), y_.to()}, "ref");
      svg_.text({x_.at(one.at) + 4, y_.to() + 12}, one.text, Anchor::start, "small");
    }
  }

  void stretches(const LinePlot& plot) {
    double row = 0;
    for (const Stretch& one : plot.stretches) {
      const double from = x_.at(one.from), to = x_.at(one.to);
      svg_.rect({from, y_.to()}, to - from, y_.from() - y_.to(), "band f6");
      svg_.text({(from + to) / 2, y_.to() + 12 + 13 * row++}, one.text, Anchor::middle, "small");
    }
  }

 private:
  /// A mark at the edge stands for a value beyond it.
  void say_beyond(Point at, double value) {
    const bool above = value > y_.high();
    svg_.text({at.x, above ? at.y + 16 : at.y - 8}, (above ? "↑ " : "↓ ") + format_number(value), Anchor::middle,
              "small");
  }

  Svg& svg_;
  Scale x_, y_;
};

PlotData data_of(const LinePlot& plot) {
  const bool has_rings = std::ranges::any_of(
      plot.lines, [](const Line& line) { return std::ranges::any_of(line.points, &LinePoint::is_ringed); });
  PlotData data{.columns = {"subject", "x", "y", "low", "high", "void"}, .rows = {}};
  if (has_rings) data.columns.insert(data.columns.end() - 1, "disturbed");
  for (const Line& line : plot.lines) {
    for (const LinePoint& point : line.points) {
      data.rows.push_back({line.name, data_text(point.x), data_text(point.y), data_text(point.low),
                           data_text(point.high), point.void_reason});
      if (has_rings) data.rows.back().insert(data.rows.back().end() - 1, point.is_ringed ? "1" : "0");
    }
  }
  return data;
}

}  // namespace

std::optional<Plot> draw(const LinePlot& plot) {
  const auto across = x_range(plot), up = y_range(plot);
  if (!across || !up) return std::nullopt;
  std::vector<LegendEntry> entries;
  for (const Line& line : plot.lines) {
    const bool all_void = !line.points.empty() && std::ranges::none_of(line.points, is_believed);
    const std::string why = all_void ? fmt::format(" (void: {})", line.points.front().void_reason) : "";
    entries.push_back({.name = line.name + why,
                       .look = line.is_curve() ? curve_look(line.style, line.curve) : line_look(line.style),
                       .style = line.style,
                       .is_void = all_void,
                       .has_mark = !line.is_curve()});
  }
  const double width = kPlotWidth - kFrameLeft - kFrameRight;
  const double legend = legend_height(entries, width);
  const double top = legend + kAbove + 6, bottom = top + kFrameHeight;
  const Scale x(plot.x.kind, across->low, across->high, kFrameLeft, kFrameLeft + width);
  const Scale y(plot.y.kind, up->low, up->high, bottom, top);

  Svg svg(kPlotWidth, bottom + kFrameBelow, plot.title, plot.description);
  draw_legend(svg, {kFrameLeft, kAbove / 2}, width, entries);
  Drawing drawing(svg, x, y);
  drawing.stretches(plot);
  draw_frame(svg, axis(plot.x, x), axis(plot.y, y));
  for (const Line& line : plot.lines) drawing.band(line);
  drawing.references(plot);
  for (const Line& line : plot.lines) {
    if (line.is_curve()) {
      drawing.curve(line);
    } else {
      drawing.line(line);
    }
  }
  for (const Line& line : plot.lines) drawing.marks(line);
  return Plot{.name = file_name_of(plot.name), .title = plot.title, .svg = std::move(svg).str(), .data = data_of(plot)};
}

}  // namespace bakeoff::report::plots
