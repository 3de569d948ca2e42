// Lines over two axes: latencies by percentile, sweeps, blocks in time order, warm-ups and speed-ups are all such
// plots, and differ in what they put there. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/report/plots/plot.h"
#include "harness/report/plots/scale.h"

namespace bakeoff::report::plots {

struct LinePoint {
  double x = 0, y = 0;
  std::optional<double> low{}, high{};  ///< The interval of y, where it is known: the band around the line.
  std::string void_reason{};            ///< Not empty: hollow, and the line does not pass through it.
  std::string tip{};                    ///< What a pointer on the mark sees; "": no mark.
  bool is_ringed = false;               ///< A ring around the mark: believed, and yet something was the matter.
};

/// Of a line that is computed and not measured: thin, without marks.
enum class CurveLook : std::uint8_t {
  none,       ///< It is measured.
  amdahl,     ///< In the colour of its line, with long dashes;
  usl,        ///< the same with dots.
  reference,  ///< Grey: a ceiling, or what would be perfect.
};

struct Line {
  std::string name;
  std::size_t style = 0;
  std::vector<LinePoint> points{};
  CurveLook curve = CurveLook::none;
  bool is_curve() const { return curve != CurveLook::none; }
};

/// A straight line across the plot with words beside it: a limit. Where it is within ten times of the values, the scale
/// reaches to it; otherwise its words stand at the edge that is nearer to it.
struct Reference {
  double at = 0;
  std::string text;
};

/// Between two values of x: where two subjects cross.
struct Stretch {
  double from = 0, to = 0;
  std::string text;
};

struct LineAxis {
  std::string title;  ///< With the unit of the values.
  Scale::Kind kind = Scale::Kind::linear;
  std::vector<Tick> ticks{};     ///< Instead of those of the scale.
  std::optional<Range> range{};  ///< Instead of that of the points.
};

struct LinePlot {
  std::string name, title;  ///< Plot::name, Plot::title.
  std::string description;  ///< How it is read, in a sentence.
  LineAxis x, y;
  std::vector<Line> lines{};
  std::vector<Reference> horizontal{}, vertical{};
  std::vector<Stretch> stretches{};
};

/// nullopt without a value that is believed.
std::optional<Plot> draw(const LinePlot& plot);

}  // namespace bakeoff::report::plots
