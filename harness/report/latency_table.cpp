#include "harness/report/latency_table.h"

#include <algorithm>
#include <array>
#include <vector>

#include "harness/report/page.h"
#include "harness/report/text_layout.h"
#include "harness/report/units.h"
#include "harness/validity/validity.h"

namespace bakeoff {
namespace {

constexpr std::size_t kLabelWidth = 12;
constexpr std::size_t kMargin = 2;
constexpr std::size_t kGap = 2;

struct LatencyFigure {
  const char* title;
  const char* metric;
  double LatencySummary::*value;
  int worth;  ///< What is worth least goes first when there is no room.
};
constexpr std::array<LatencyFigure, 6> kFigures{{{"p50", "latency.p50", &LatencySummary::p50, 5},
                                                 {"p90", "latency.p90", &LatencySummary::p90, 2},
                                                 {"p99", "latency.p99", &LatencySummary::p99, 6},
                                                 {"p99.9", "latency.p999", &LatencySummary::p999, 3},
                                                 {"max", "latency.max", &LatencySummary::max, 4},
                                                 {"mean", "latency.mean", &LatencySummary::mean, 1}}};

struct Class {
  const char* name;
  const char* meaning;
};
constexpr std::array<Class, 7> kClasses{{{"total", "from due to answered"},
                                         {"slip", "due, and the generator late"},
                                         {"wait", "until a connection was free"},
                                         {"service", "from sent to answered"},
                                         {"connect", "to make a connection"},
                                         {"light", "total of the light requests"},
                                         {"heavy", "total of those that compute"}}};

struct Entry {
  std::string text;
  bool struck = false;
};

struct Line {
  Class latency;
  std::vector<Entry> entries;
};

std::vector<Line> make_lines(const Trial& row, bool colour) {
  std::vector<Line> lines;
  for (const Class& each : kClasses) {
    const auto found = row.client->latency_us.find(each.name);
    if (found == row.client->latency_us.end() || found->second.count == 0) continue;
    Line& line = lines.emplace_back(Line{each, {}});
    for (const LatencyFigure& figure : kFigures) {
      // A percentile is void for what slip adds to a total; its parts are still what they are.
      const std::string_view name = each.name;
      const bool whole = name == "total" || name == "light" || name == "heavy";
      const bool struck = !void_reason(row, whole ? figure.metric : metric::kLatency).empty();
      const std::string text = format_latency(found->second.*figure.value);
      line.entries.push_back({struck && !colour ? "~" + text + "~" : text, struck});
    }
  }
  return lines;
}

}  // namespace

std::string latency_table(const Trial& row, const TerminalStyle& style) {
  const std::vector<Line> lines = make_lines(row, style.colour);
  if (lines.empty()) return "";
  std::array<std::size_t, kFigures.size()> widths{};
  for (std::size_t f = 0; f < kFigures.size(); ++f) {
    widths[f] = display_width(kFigures[f].title);
    for (const Line& line : lines) widths[f] = std::max(widths[f], display_width(line.entries[f].text));
  }
  std::vector<std::size_t> shown{0, 1, 2, 3, 4, 5};
  const auto used = [&] {
    std::size_t sum = kMargin + kLabelWidth - kGap;
    for (const std::size_t f : shown) sum += kGap + widths[f];
    return sum;
  };
  while (style.width > 0 && used() > style.width && shown.size() > 1) {
    shown.erase(std::min_element(shown.begin(), shown.end(),
                                 [](std::size_t a, std::size_t b) { return kFigures[a].worth < kFigures[b].worth; }));
  }
  std::size_t meaning = 0;
  for (const Line& line : lines) meaning = std::max(meaning, display_width(line.latency.meaning));
  const bool explained = lines.size() > 1 && (style.width == 0 || used() + kGap + meaning <= style.width);

  const auto label = [&](std::string_view name) {
    std::string text = std::string(kMargin, ' ') + std::string(name);
    text.resize(kMargin + kLabelWidth - kGap, ' ');
    return style.colour ? coloured(text, kDim) : text;
  };
  const auto space = [](std::size_t width, const std::string& text) {
    return std::string(kGap + width - std::min(width, display_width(text)), ' ');
  };
  std::string text = label("latency");
  for (const std::size_t f : shown) text += space(widths[f], kFigures[f].title) + kFigures[f].title;
  text += "\n";
  for (const Line& line : lines) {
    text += label(std::string("  ") + line.latency.name);
    for (const std::size_t f : shown) {
      const Entry& entry = line.entries[f];
      text +=
          space(widths[f], entry.text) + (entry.struck && style.colour ? coloured(entry.text, kStruck) : entry.text);
    }
    if (explained) text += std::string(kGap, ' ') + coloured(line.latency.meaning, style.colour ? kDim : kPlain);
    text += "\n";
  }
  return text;
}

}  // namespace bakeoff
