#include "harness/report/load/stairs_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"
#include "harness/report/void_figures.h"
#include "harness/validity/validity.h"

namespace bakeoff::report::load {
namespace {

constexpr std::size_t kColumn = 11;

/// Right-aligned; colours and strokes take no room.
std::string column(const std::string& text) {
  return std::string(kColumn - std::min(kColumn, display_width(text)), ' ') + text;
}

}  // namespace

std::string stairs_head(const std::string& url, double step_s, const TerminalStyle& style) {
  std::string text =
      wrapped_text(fmt::format("{} · open loop, {} for each step", url, format_seconds(step_s)), style.width, 2);
  text += "\n";
  for (const char* title : {"offered/s", "answered/s", "p50", "p99", "max", "errors"}) text += column(title);
  return text + "\n";
}

std::string stairs_line(const journal::Trial& row, const TerminalStyle& style) {
  std::string text = column(format_rate(row.params.load.rate_rps));
  if (!row.client) return text + "  " + row.outcome_detail + "\n";
  const journal::ClientRow& client = *row.client;
  const auto figure = [&](std::string_view metric, const std::string& shown) {
    text += column(figure_text(row, metric, shown, style.colour));
  };
  figure(validity::metric::kThroughput, format_rate(client.throughput_rps));
  const auto total = client.latency_us.find("total");
  const bool known = total != client.latency_us.end() && total->second.count != 0;
  figure("latency.p50", known ? format_latency(total->second.p50) : "-");
  figure("latency.p99", known ? format_latency(total->second.p99) : "-");
  figure(validity::metric::kLatency, known ? format_latency(total->second.max) : "-");
  std::uint64_t errors = client.wrong_answers;
  for (const journal::ErrorCount& error : client.errors) errors += error.count;
  text += column(format_count(errors));
  std::string reasons;
  for (const auto& [metric, reason] : row.validity) {
    if (reasons.find(reason) == std::string::npos) reasons += (reasons.empty() ? "  void: " : ", ") + reason;
  }
  return text + reasons + "\n";
}

}  // namespace bakeoff::report::load
