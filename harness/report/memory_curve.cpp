#include "harness/report/memory_curve.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/caption.h"
#include "harness/report/cell_format.h"
#include "harness/report/figures.h"
#include "harness/report/notes.h"
#include "harness/report/number_format.h"
#include "harness/report/sweep_points.h"
#include "harness/validity/validity.h"

namespace bakeoff::report {
namespace {

const Figure& shown_figure(std::string_view key) {
  return *std::ranges::find(server_figures(), key, &Figure::key);
}

std::string limit_in_words(double mib) {
  return format_number(mib);
}

/// Why the load is not served at the point: "limit", "overloaded", "p99 81.2 ms"; "" where it is.
std::string why_not_served_at(const GridAt& point, const std::string& subject) {
  const GridRow* const row = find_row(*point.grid, subject);
  if (row == nullptr) return "not measured";
  std::optional<double> p99_limit_ms;
  for (const journal::Trial* trial : row->trials) {
    if (trial == nullptr) continue;
    if (trial->outcome != journal::Outcome::ok) return std::string(validity::outcome_name(trial->outcome));
    p99_limit_ms = trial->params.p99_limit_ms;
  }
  if (!p99_limit_ms) return "";
  constexpr double kUsPerMs = 1000;
  const Cell p99 = figure_cell(shown_figure("latency_us.p99"), figure_series(*row, shown_figure("latency_us.p99")));
  if (!p99.value) return "p99 unknown";
  const bool met = *p99.value <= *p99_limit_ms * kUsPerMs;
  // The lateness of the generator is a part of the p99: one that meets the limit with it, meets it without it.
  const bool known = p99.struck_reason.empty() || (met && p99.struck_reason == validity::reason::kSlipped);
  if (!known) return "p99 unknown";
  return met ? "" : fmt::format("p99 {} ms", format_number(*p99.value / kUsPerMs));
}

/// The lowest point from the highest down that is served without a gap; nullptr where the highest is not.
const GridAt* lowest_served(std::span<const GridAt> points, const std::string& subject) {
  const GridAt* lowest = nullptr;
  for (auto point = points.rbegin(); point != points.rend(); ++point) {
    if (!why_not_served_at(*point, subject).empty()) break;
    lowest = &*point;
  }
  return lowest;
}

/// What became of the points below the lowest: "16: limit"; the next one says it.
std::string below_in_words(std::span<const GridAt> points, const GridAt* lowest, const std::string& subject) {
  const GridAt* const below = lowest == nullptr ? &points.back() : lowest == points.data() ? nullptr : lowest - 1;
  if (below == nullptr) return "the lowest that was tried";
  return fmt::format("{}: {}", limit_in_words(below->at), why_not_served_at(*below, subject));
}

std::string served_in_words(std::span<const GridAt> points) {
  const journal::Trial* const trial = example_trial(*points.front().grid);
  const auto limit_ms = trial == nullptr ? std::nullopt : trial->params.p99_limit_ms;
  return limit_ms ? fmt::format("served: every block ok, and p99 at most {} ms", format_number(*limit_ms))
                  : std::string("served: every block ok");
}

}  // namespace

std::optional<Table> memory_curve(const journal::SweepFacts& sweep, std::span<const Grid> grids) {
  if (sweep.key != "memory_mib" && sweep.key != "heap_mib") return std::nullopt;
  const std::vector<GridAt> points = measured_points(sweep, grids);
  if (points.size() < 2) return std::nullopt;
  const Figure& cpu = shown_figure("cpu_us_per_request");
  std::string tried;
  for (const GridAt& point : points) tried += (tried.empty() ? "" : ", ") + limit_in_words(point.at);
  Table table;
  table.name = sweep.name + "-curve";
  table.is_summary = true;
  table.caption =
      fmt::format("{} · the lowest of {} MiB of {} at which the load is served · {} · {}", table.name, tried,
                  sweep.key == "heap_mib" ? "heap" : "memory", served_in_words(points), extent(*points.front().grid));
  table.columns = {{"subject", "subject", "", Align::left},
                   {"lowest_mib", "lowest MiB", "MiB"},
                   {cpu.key, cpu.title, cpu.unit},
                   {"ratio", fmt::format("vs {} MiB", limit_in_words(points.back().at)), ""},
                   {"latency_us.p99", "p99 us", "us"},
                   {"pss_end_mib", "PSS MiB", "MiB"},
                   {"below", "below it", "", Align::left}};
  for (const std::string& subject : subjects_of(points)) {
    const GridAt* const lowest = lowest_served(points, subject);
    TableRow row{.subject = subject, .cells = {text_cell(subject)}, .remark = ""};
    row.cells.resize(table.columns.size());
    row.cells.back() = text_cell(below_in_words(points, lowest, subject));
    if (lowest != nullptr) {
      const GridRow& there = *find_row(*lowest->grid, subject);
      row.cells[1] = text_cell(limit_in_words(lowest->at));
      row.cells[1].value = lowest->at;
      row.cells[2] = figure_cell(cpu, figure_series(there, cpu));
      row.cells[3] = ratio_cell(
          stats::compare(by_block(*lowest->grid, subject, cpu), by_block(*points.back().grid, subject, cpu)));
      std::size_t column = 4;
      for (const char* key : {"latency_us.p99", "pss_end_mib"}) {
        row.cells[column++] = figure_cell(shown_figure(key), figure_series(there, shown_figure(key)));
      }
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace bakeoff::report
