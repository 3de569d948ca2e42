#include "harness/report/job_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "harness/report/job_verdict.h"
#include "harness/report/named_figures.h"
#include "harness/report/number_format.h"
#include "harness/report/void_figures.h"
#include "harness/validity/validity.h"

namespace bakeoff::report {
namespace {

std::string findings(const journal::Trial& row, const TerminalStyle& style) {
  const journal::Trial* const rows[] = {&row};
  const std::vector<Figure> figures = named_figures(rows);
  std::size_t widest = 0;
  for (const Figure& figure : figures) widest = std::max(widest, figure.title.size());
  std::string text;
  for (const Figure& figure : figures) {
    const auto value = figure.extract(row);
    if (!value) continue;
    text += fmt::format("  {:<{}}  {}\n", figure.title, widest,
                        figure_text(row, figure.metric, format_number(*value), style.colour));
  }
  for (const std::string& sentence : row.job->evidence) {
    text += "  " + figure_text(row, validity::metric::kEverything, sentence, style.colour) + "\n";
  }
  for (const std::string& line : void_lines(row)) text += "  void: " + line + "\n";
  return text;
}

}  // namespace

std::string job_summary(const journal::Trial& row, const TerminalStyle& style) {
  if (!row.job) return "";
  const auto shown_ms = [&](std::string_view metric, double ms) {
    return figure_text(row, metric, format_number(ms), style.colour);
  };
  std::string text =
      fmt::format("{} on {} ({} units, executor {}): {} · answer {} · {} ms", row.workload, row.subject,
                  row.params.units.value_or(0), row.job->executor, job_verdict(std::array{&row}), row.job->answer,
                  shown_ms(validity::metric::kElapsed, static_cast<double>(row.job->elapsed_ns) / 1e6));
  if (row.subject_cost && row.subject_cost->cpu_us) {
    text += fmt::format(" · {} ms of CPU", shown_ms(validity::metric::kCpu, *row.subject_cost->cpu_us / 1e3));
  }
  return text + "\n" + findings(row, style);
}

std::string probe_summary(const journal::Trial& row, const std::string& what_it_does, const TerminalStyle& style) {
  if (!row.job) return "";
  return row.subject + ": " + what_it_does + "\n" + findings(row, style);
}

}  // namespace bakeoff::report
