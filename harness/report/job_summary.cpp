#include "harness/report/job_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "harness/report/cell_format.h"
#include "harness/report/column_units.h"
#include "harness/report/job_verdict.h"
#include "harness/report/named_figures.h"
#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"
#include "harness/report/void_figures.h"
#include "harness/validity/validity.h"

namespace bakeoff::report {
namespace {

constexpr std::size_t kFurtherLines = 4;  // The indent of the second line of a sentence, and of those below.

std::string shown_value(const Figure& figure, double value) {
  return is_scalable(figure.unit) ? number_with_unit(value, figure.unit) : value_text(figure, value);
}

std::string findings(const journal::Trial& row, const TerminalStyle& style) {
  const journal::Trial* const rows[] = {&row};
  const std::vector<Figure> figures = named_figures(rows);
  std::vector<std::string> titles;
  std::size_t widest = 0;
  for (const Figure& figure : figures) {
    titles.push_back(title_without_unit(figure.title, figure.unit));
    widest = std::max(widest, titles.back().size());
  }
  std::string text;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const auto value = figures[i].extract(row);
    if (!value) continue;
    text += fmt::format("  {:<{}}  {}\n", titles[i], widest,
                        figure_text(row, figures[i].metric, shown_value(figures[i], *value), style.colour));
  }
  for (const std::string& sentence : row.job->evidence) {
    text += wrapped_text("  " + figure_text(row, validity::metric::kEverything, sentence, style.colour),
                         style.sentence_width(), kFurtherLines);
  }
  for (const std::string& line : void_lines(row)) {
    text += wrapped_text("  void: " + line, style.sentence_width(), kFurtherLines);
  }
  return text;
}

}  // namespace

std::string job_summary(const journal::Trial& row, const TerminalStyle& style) {
  if (!row.job) return "";
  const auto shown = [&](std::string_view metric, double ms) {
    return figure_text(row, metric, format_with_unit(ms, "ms"), style.colour);
  };
  std::string text =
      fmt::format("{} on {} ({} units, executor {}): {} · answer {} · {}", row.workload, row.subject,
                  row.params.units.value_or(0), row.job->executor, job_verdict(std::array{&row}), row.job->answer,
                  shown(validity::metric::kElapsed, static_cast<double>(row.job->elapsed_ns) / 1e6));
  if (row.subject_cost && row.subject_cost->cpu_us) {
    text += fmt::format(" · {} of CPU", shown(validity::metric::kCpu, *row.subject_cost->cpu_us / 1e3));
  }
  return wrapped_text(text, style.sentence_width(), kFurtherLines) + findings(row, style);
}

std::string probe_summary(const journal::Trial& row, const std::string& what_it_does, const TerminalStyle& style) {
  if (!row.job) return "";
  return wrapped_text(row.subject + ": " + what_it_does, style.sentence_width(), kFurtherLines) + findings(row, style);
}

}  // namespace bakeoff::report
