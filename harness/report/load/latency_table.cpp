#include "harness/report/load/latency_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"
#include "harness/validity/validity.h"

namespace bakeoff::report::load {
namespace {

constexpr std::size_t kTableLabelWidth = 12, kWidestLabel = 42;
/// Of a load with more kinds of requests the slowest are shown.
constexpr std::size_t kMostKinds = 16;
constexpr std::size_t kTableMargin = 2;
constexpr std::size_t kColumnGap = 2;

struct LatencyFigure {
  const char* title;
  const char* metric;
  double stats::LatencySummary::*value;
  int worth;  ///< What is worth least goes first when there is no room.
};
constexpr std::array<LatencyFigure, 6> kFigures{{{"p50", "latency.p50", &stats::LatencySummary::p50, 5},
                                                 {"p90", "latency.p90", &stats::LatencySummary::p90, 2},
                                                 {"p99", "latency.p99", &stats::LatencySummary::p99, 6},
                                                 {"p99.9", "latency.p999", &stats::LatencySummary::p999, 3},
                                                 {"max", "latency.max", &stats::LatencySummary::max, 4},
                                                 {"mean", "latency.mean", &stats::LatencySummary::mean, 1}}};

struct LatencyClass {
  std::string name;
  std::string meaning;
};

/// Those that a row may have, in the order in which they are shown.
std::vector<LatencyClass> classes_of(const journal::ClientRow& client) {
  std::vector<LatencyClass> classes{{"total", "from due to answered"},
                                    {"slip", "due, and the generator late"},
                                    {"wait", "until a connection was free"},
                                    {"service", "from sent to answered"},
                                    {"connect", "to make a connection"}};
  std::vector<LatencyClass> kinds;
  for (const auto& [name, summary] : client.latency_us) {
    if (!journal::is_request_class(name)) continue;
    kinds.push_back({name, name == "light"   ? "total of the light requests"
                           : name == "heavy" ? "total of those that compute"
                                             : "total of this kind"});
  }
  if (kinds.size() > kMostKinds) {
    std::ranges::stable_sort(kinds, std::greater<>(),
                             [&](const LatencyClass& kind) { return client.latency_us.at(kind.name).p99; });
    kinds.resize(kMostKinds);
  }
  classes.insert(classes.end(), kinds.begin(), kinds.end());
  return classes;
}

struct LatencyLine {
  LatencyClass latency;
  std::vector<std::string> entries;
};

std::vector<LatencyLine> make_lines(const journal::Trial& row, bool colour) {
  std::vector<LatencyLine> lines;
  for (const LatencyClass& each : classes_of(*row.client)) {
    const auto found = row.client->latency_us.find(each.name);
    if (found == row.client->latency_us.end() || found->second.count == 0) continue;
    LatencyLine& line = lines.emplace_back(LatencyLine{each, {}});
    for (const LatencyFigure& figure : kFigures) {
      // A percentile is void for what slip adds to a total; its parts are still what they are.
      const bool whole = each.name == "total" || journal::is_request_class(each.name);
      const bool struck = !validity::void_reason(row, whole ? figure.metric : validity::metric::kLatency).empty();
      const std::string text = format_latency(found->second.*figure.value);
      line.entries.push_back(struck ? struck_out(text, colour) : text);
    }
  }
  return lines;
}

}  // namespace

std::string latency_table(const journal::Trial& row, const TerminalStyle& style) {
  const std::vector<LatencyLine> lines = make_lines(row, style.colour);
  if (lines.empty()) return "";
  std::array<std::size_t, kFigures.size()> widths{};
  for (std::size_t f = 0; f < kFigures.size(); ++f) {
    widths[f] = display_width(kFigures[f].title);
    for (const LatencyLine& line : lines) widths[f] = std::max(widths[f], display_width(line.entries[f]));
  }
  std::vector<std::size_t> shown{0, 1, 2, 3, 4, 5};
  std::size_t label_width = kTableLabelWidth;
  for (const LatencyLine& line : lines) {
    label_width = std::clamp(display_width(line.latency.name) + 2 + kColumnGap, label_width, kWidestLabel);
  }
  const auto used = [&] {
    std::size_t sum = kTableMargin + label_width - kColumnGap;
    for (const std::size_t f : shown) sum += kColumnGap + widths[f];
    return sum;
  };
  while (style.width > 0 && used() > style.width && shown.size() > 1) {
    shown.erase(std::min_element(shown.begin(), shown.end(),
                                 [](std::size_t a, std::size_t b) { return kFigures[a].worth < kFigures[b].worth; }));
  }
  std::size_t meaning = 0;
  for (const LatencyLine& line : lines) meaning = std::max(meaning, display_width(line.latency.meaning));
  const bool explained = lines.size() > 1 && (style.width == 0 || used() + kColumnGap + meaning <= style.width);

  const auto label = [&](std::string_view name) {
    const std::string fitting = shorten(name, label_width - kColumnGap);
    std::string text = std::string(kTableMargin, ' ') + fitting;
    text.append(label_width - kColumnGap - display_width(fitting), ' ');
    return style.colour ? coloured(text, kDim) : text;
  };
  const auto space = [](std::size_t width, const std::string& text) {
    return std::string(kColumnGap + width - std::min(width, display_width(text)), ' ');
  };
  std::string text = label("latency");
  for (const std::size_t f : shown) text += space(widths[f], kFigures[f].title) + kFigures[f].title;
  text += "\n";
  for (const LatencyLine& line : lines) {
    text += label(std::string("  ") + line.latency.name);
    for (const std::size_t f : shown) text += space(widths[f], line.entries[f]) + line.entries[f];
    if (explained) text += std::string(kColumnGap, ' ') + coloured(line.latency.meaning, style.colour ? kDim : kPlain);
    text += "\n";
  }
  const auto kinds = static_cast<std::size_t>(std::ranges::count_if(
      row.client->latency_us, [](const auto& latency) { return journal::is_request_class(latency.first); }));
  if (kinds > kMostKinds) {
    text += fmt::format("{}the {} of {} kinds with the highest p99; all of them with --format json\n",
                        std::string(kTableMargin + 2, ' '), kMostKinds, kinds);
  }
  return text;
}

}  // namespace bakeoff::report::load
