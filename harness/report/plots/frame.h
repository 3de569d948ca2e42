// What surrounds a plot: axes with their marks and titles, and the legend.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/report/plots/scale.h"
#include "harness/report/plots/svg.h"

namespace bakeoff::report::plots {

inline constexpr double kPlotWidth = 720;
/// The room for marks and titles left of a frame, right of it and below it.
inline constexpr double kFrameLeft = 64, kFrameRight = 16, kFrameBelow = 46;

struct Axis {
  Scale scale;
  std::string title;  ///< "CPU us/req"
  std::vector<Tick> ticks;
};

/// An axis with the marks of its scale.
Axis axis_of(const Scale& scale, const std::string& title);

/// The grid, both axes with their marks, and their titles: below, and left of the frame.
void draw_frame(Svg& svg, const Axis& x, const Axis& y);

/// A subject in the legend.
struct LegendEntry {
  std::string name;
  std::string look;  ///< Of its line: line_look(), or that of a curve; "" without a line.
  std::size_t style = 0;
  bool is_void = false;  ///< Its mark is hollow.
  bool has_mark = true;
};

/// The height of a legend of these within the width.
double legend_height(const std::vector<LegendEntry>& entries, double width);
void draw_legend(Svg& svg, Point top_left, double width, const std::vector<LegendEntry>& entries);

/// The look of the line of a style: its colour and its dashes.
std::string line_look(std::size_t style);

}  // namespace bakeoff::report::plots
