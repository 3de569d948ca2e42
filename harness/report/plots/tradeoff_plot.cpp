#include "harness/report/plots/tradeoff_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/report/column_units.h"
#include "harness/report/families.h"
#include "harness/report/leading_ratios.h"
#include "harness/report/number_format.h"
#include "harness/report/plots/frame.h"
#include "harness/report/plots/line_groups.h"
#include "harness/report/plots/measured_point.h"
#include "harness/report/text_layout.h"

namespace bakeoff::report::plots {
namespace {

constexpr double kFrameTop = 14, kTradeoffHeight = 380;
constexpr std::string_view kMemory = "pss_end_mib";
constexpr std::size_t kMostOfName = 30;  ///< Characters.
constexpr double kTextHeight = 13;

struct Subject {
  std::string name;
  std::string group;  ///< Its family, or itself where the table has none: what has a style.
  std::size_t style = 0;
  LinePoint cpu, memory;  ///< y of each.
  bool is_void() const { return !cpu.void_reason.empty() || !memory.void_reason.empty(); }
};

/// The unit in which the largest of the medians is below a thousand.
FittingUnit unit_of(const Grid& grid, const Figure& figure) {
  double largest = 0;
  for (const GridRow& row : grid.rows) {
    const auto point = measured_point(row, figure, 0);
    if (point && point->void_reason.empty()) largest = std::max(largest, point->y);
  }
  return fitting_unit(figure.unit, largest);
}

std::string axis_title(const Figure& figure, const FittingUnit& unit) {
  return unit.size == 1 ? figure.title : fmt::format("{} {}", title_without_unit(figure.title, figure.unit), unit.name);
}

std::vector<Subject> subjects_with_both(const Grid& grid, const ReportInfo& info, const Figure& cpu,
                                        const Figure& memory) {
  const double cpu_size = unit_of(grid, cpu).size, memory_size = unit_of(grid, memory).size;
  const bool by_family = shows_families(subjects_of(grid), info);
  std::vector<std::string> families;
  std::vector<Subject> subjects;
  for (const GridRow& row : grid.rows) {
    const auto found = info.families.find(row.subject);
    const std::string family = by_family && found != info.families.end() ? found->second : row.subject;
    if (std::ranges::find(families, family) == families.end()) families.push_back(family);
    const auto x = measured_point(row, cpu, 0, cpu_size), y = measured_point(row, memory, 0, memory_size);
    if (!x || !y) continue;
    const auto style = static_cast<std::size_t>(std::ranges::find(families, family) - families.begin());
    subjects.push_back({.name = row.subject, .group = family, .style = style % kStyles, .cpu = *x, .memory = *y});
  }
  return subjects;
}

std::optional<Range> range_of_figure(const std::vector<Subject>& subjects, LinePoint Subject::*figure) {
  std::vector<ValueWithin> values;
  for (const Subject& subject : subjects) {
    const LinePoint& point = subject.*figure;
    if (!subject.is_void()) values.push_back({point.y, point.low, point.high});
  }
  return logarithmic_range(values);
}

struct Box {
  double left, top, right, bottom;
  bool meets(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

/// Beside its mark, above or below it: the first place where it covers no other name and no mark; the first of all
/// that is inside the frame where every place covers something.
class Names {
 public:
  Names(Svg& svg, double right) : svg_(svg), right_(right) {}

  void keep_free(Point mark) { taken_.push_back({mark.x - 6, mark.y - 6, mark.x + 6, mark.y + 6}); }

  void put(Point mark, const std::string& name) {
    const double wide = text_width(name);
    const std::array<Point, 6> places{{{mark.x + 9, mark.y + 4},
                                       {mark.x - 9 - wide, mark.y + 4},
                                       {mark.x + 7, mark.y - 8},
                                       {mark.x + 7, mark.y + 16},
                                       {mark.x - 7 - wide, mark.y - 8},
                                       {mark.x - 7 - wide, mark.y + 16}}};
    const auto box_at = [&](const Point& at) { return Box{at.x, at.y - kTextHeight + 3, at.x + wide, at.y + 3}; };
    const auto is_free = [&](const Point& at) {
      const Box box = box_at(at);
      return box.left >= kFrameLeft && box.right <= right_ &&
             std::ranges::none_of(taken_, [&](const Box& other) { return box.meets(other); });
    };
    const auto fits = [&](const Point& at) { return box_at(at).left >= kFrameLeft && box_at(at).right <= right_; };
    auto found = std::ranges::find_if(places, is_free);
    if (found == places.end()) found = std::ranges::find_if(places, fits);
    const Point at = found == places.end() ? places.front() : *found;
    taken_.push_back(box_at(at));
    svg_.text(at, name, Anchor::start, "small");
  }

 private:
  Svg& svg_;
  double right_;
  std::vector<Box> taken_;
};

/// One entry for each family; none where each subject is its own.
std::vector<LegendEntry> legend_of(const std::vector<Subject>& subjects) {
  std::vector<LegendEntry> entries;
  for (const Subject& one : subjects) {
    const bool is_family = one.group != one.name;
    if (is_family && std::ranges::find(entries, one.group, &LegendEntry::name) == entries.end()) {
      entries.push_back({.name = one.group, .look = "", .style = one.style});
    }
  }
  return entries;
}

/// With the values that lie beyond the scales, where the mark stands at the edge.
std::string name_of(const Subject& subject, const Scale& x, const Scale& y) {
  std::string name = shorten(subject.name, kMostOfName);
  const auto beyond = [&](const Scale& scale, double value, const char* below, const char* above) {
    if (!scale.holds(value)) name += fmt::format(" {} {}", value < scale.low() ? below : above, format_number(value));
  };
  beyond(x, subject.cpu.y, "←", "→");
  beyond(y, subject.memory.y, "↓", "↑");
  return name;
}

PlotData tradeoff_data(const std::vector<Subject>& subjects) {
  PlotData data{.columns = {"subject", "cpu", "cpu_low", "cpu_high", "mib", "mib_low", "mib_high", "void"}, .rows = {}};
  for (const Subject& one : subjects) {
    data.rows.push_back({one.name, data_text(one.cpu.y), data_text(one.cpu.low), data_text(one.cpu.high),
                         data_text(one.memory.y), data_text(one.memory.low), data_text(one.memory.high),
                         one.cpu.void_reason.empty() ? one.memory.void_reason : one.cpu.void_reason});
  }
  return data;
}

}  // namespace

std::vector<std::size_t> pareto_front(const std::vector<std::pair<double, double>>& points) {
  std::vector<std::size_t> order(points.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return points[i]; });
  std::vector<std::size_t> front;
  for (const std::size_t i : order) {
    if (front.empty() || points[i].second < points[front.back()].second) front.push_back(i);
  }
  return front;
}

std::optional<Plot> tradeoff_plot(const Grid& grid, const ReportInfo& info) {
  const Figure* const cpu = leading_figure(grid);
  const auto memory = std::ranges::find(grid.figures, kMemory, &Figure::key);
  if (grid.is_job || cpu == nullptr || memory == grid.figures.end()) return std::nullopt;
  const std::vector<Subject> subjects = subjects_with_both(grid, info, *cpu, *memory);
  if (std::ranges::count_if(subjects, [](const Subject& one) { return !one.is_void(); }) < 2) return std::nullopt;
  const auto across = range_of_figure(subjects, &Subject::cpu), up = range_of_figure(subjects, &Subject::memory);
  if (!across || !up) return std::nullopt;

  Plot plot{.name = file_name_of(grid.table + "-cpu-memory"),
            .title = fmt::format("{}: CPU against memory", grid.table),
            .svg = "",
            .data = tradeoff_data(subjects)};
  const double right = kPlotWidth - kFrameRight;
  const Scale x(Scale::Kind::logarithmic, across->low, across->high, kFrameLeft, right);
  const std::vector<LegendEntry> entries = legend_of(subjects);
  const double top = kFrameTop + legend_height(entries, right - kFrameLeft), bottom = top + kTradeoffHeight;
  const Scale y(Scale::Kind::logarithmic, up->low, up->high, bottom, top);
  Svg svg(kPlotWidth, bottom + kFrameBelow, plot.title,
          "Further left is less CPU, further down is less memory. Subjects of one family have one mark. The line joins "
          "the subjects that no other beats in both.");
  draw_legend(svg, {kFrameLeft, kFrameTop / 2}, right - kFrameLeft, entries);
  draw_frame(svg, axis_of(x, axis_title(*cpu, unit_of(grid, *cpu)) + " · less is better"),
             axis_of(y, axis_title(*memory, unit_of(grid, *memory))));

  std::vector<std::pair<double, double>> believed;
  for (const Subject& one : subjects) {
    if (!one.is_void()) believed.emplace_back(one.cpu.y, one.memory.y);
  }
  std::vector<Point> front;
  for (const std::size_t i : pareto_front(believed)) {
    front.push_back({x.at(believed[i].first), y.at(believed[i].second)});
  }
  if (front.size() > 1) svg.polyline(front, "ref");
  for (const Subject& one : subjects) {
    if (!one.cpu.low || !one.cpu.high || !one.memory.low || !one.memory.high) continue;
    const Point from{x.at(*one.cpu.low), y.at(*one.memory.high)}, to{x.at(*one.cpu.high), y.at(*one.memory.low)};
    svg.rect(from, to.x - from.x, to.y - from.y, fmt::format("band f{}", one.style));
  }
  Names names(svg, right);
  for (const Subject& one : subjects) names.keep_free({x.at(one.cpu.y), y.at(one.memory.y)});
  for (const Subject& one : subjects) {
    const Point at{x.at(one.cpu.y), y.at(one.memory.y)};
    svg.mark(at, one.style, one.is_void(), one.cpu.tip + ", " + one.memory.tip);
    names.put(at, name_of(one, x, y));
  }
  plot.svg = std::move(svg).str();
  return plot;
}

}  // namespace bakeoff::report::plots
