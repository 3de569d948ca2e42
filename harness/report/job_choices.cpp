#include "harness/report/job_choices.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "harness/report/caption.h"
#include "harness/report/cell_format.h"
#include "harness/report/grid.h"
#include "harness/report/job_verdict.h"
#include "harness/report/notes.h"
#include "harness/report/number_format.h"

namespace bakeoff::report {
namespace {

/// "thread:discipline=plain" is the choice "plain" on "thread".
struct SubjectOfChoice {
  std::string runs_on, choice;
};

SubjectOfChoice split_subject(const std::string& subject, const std::string& setting) {
  const std::string key = ":" + setting + "=";
  const std::size_t at = subject.find(key);
  if (at == std::string::npos) return {subject, ""};
  const std::size_t begin = at + key.size();
  return {subject.substr(0, at), subject.substr(begin, subject.find(':', begin) - begin)};
}

/// The rest of a sentence that begins with the choice; "" where nothing is said of it.
std::string meaning_of(const subjects::JobFacts& job, const std::string& choice) {
  const auto setting = std::ranges::find(job.settings, job.compared_setting, &subjects::SettingFacts::name);
  if (setting == job.settings.end()) return "";
  const auto place = std::ranges::find(setting->choices, choice) - setting->choices.begin();
  const auto index = static_cast<std::size_t>(place);
  return index < setting->choice_meanings.size() ? setting->choice_meanings[index] : "";
}

/// A job that may lose a part of its answer says how much it lost.
std::optional<std::uint64_t> expected_answer(const GridRow& row) {
  for (const journal::Trial* trial : row.trials) {
    if (trial == nullptr || !trial->job) continue;
    const auto lost = std::ranges::find(trial->job->figures, "lost", &journal::JobFigure::name);
    if (lost == trial->job->figures.end() || lost->value < 0) return std::nullopt;
    return trial->job->answer + static_cast<std::uint64_t>(lost->value);
  }
  return std::nullopt;
}

Cell expected_cell(std::optional<std::uint64_t> count) {
  Cell cell;
  if (!count) return cell;
  cell.value = static_cast<double>(*count);
  cell.text = format_count(*count);
  return cell;
}

std::string verdict_of(const GridRow& row) {
  const bool answered =
      std::ranges::any_of(row.trials, [](const journal::Trial* trial) { return trial != nullptr && trial->job; });
  return answered ? job_verdict(row.trials) : "";
}

std::string caption_of_choices(const Grid& grid, const std::string& setting) {
  journal::Trial example = *example_trial(grid);
  example.table = example.workload;
  return fmt::format("{} · on {} · {} of each {}, in turn · median (lowest–highest)", setting_in_words(example),
                     split_subject(example.subject, setting).runs_on, counted(grid.blocks.size(), "run"), setting);
}

/// The compared figures, in their order, as far as the rows have them.
std::vector<Figure> compared_figures(const Grid& grid, const subjects::JobFacts& job) {
  std::vector<Figure> figures;
  for (const std::string& name : job.compared_figures) {
    const auto found = std::ranges::find(grid.figures, name, &Figure::key);
    if (found == grid.figures.end()) continue;
    figures.push_back(*found);
    if (found->unit.empty()) figures.back().whole = true;  // What choices differ in is counted, or has a unit.
  }
  return figures;
}

}  // namespace

Table job_choices_table(std::span<const journal::Trial> rows, const subjects::JobFacts& job) {
  Table table;
  std::vector<const journal::Trial*> trials;
  for (const journal::Trial& row : rows) trials.push_back(&row);
  const Grid grid = make_grid(trials, {});
  if (grid.rows.empty()) return table;
  table.name = job.name;
  table.caption = caption_of_choices(grid, job.compared_setting);
  table.columns = {{job.compared_setting, job.compared_setting, "", Align::left},
                   {"result", "result", "", Align::left}};
  for (const GridRow& row : grid.rows) {
    const std::string choice = split_subject(row.subject, job.compared_setting).choice;
    table.rows.push_back(
        {.subject = choice, .cells = {text_cell(choice), text_cell(verdict_of(row))}, .remark = remark_of(row)});
    if (const std::string meaning = meaning_of(job, choice); !meaning.empty()) {
      table.notes.push_back(fmt::format("{} {}", choice, meaning));
    }
  }
  if (std::ranges::any_of(grid.rows, [](const GridRow& row) { return expected_answer(row).has_value(); })) {
    table.columns.push_back({"expected", "expected", ""});
    for (std::size_t i = 0; i < grid.rows.size(); ++i) {
      table.rows[i].cells.push_back(expected_cell(expected_answer(grid.rows[i])));
    }
  }
  std::vector<VoidedCell> voided;
  for (const Figure& figure : compared_figures(grid, job)) {
    table.columns.push_back({figure.key, figure.title, figure.unit});
    for (std::size_t i = 0; i < grid.rows.size(); ++i) {
      const FigureSeries series = figure_series(grid.rows[i], figure);
      table.rows[i].cells.push_back(range_cell(figure, series));
      if (count_values(series.struck) == 0) continue;
      voided.push_back({table.rows[i].subject, figure.title, series.reason, count_values(series.valid)});
    }
  }
  for (const auto& notes : {outcome_notes(grid), void_notes(voided, grid.blocks.size())}) {
    table.notes.insert(table.notes.end(), notes.begin(), notes.end());
  }
  return table;
}

std::string choice_in_words(const journal::Trial& row, const subjects::JobFacts& job) {
  if (job.compared_setting.empty() || !row.server_receipt) return "";
  const auto chosen = row.server_receipt->settings.find(job.compared_setting);
  if (chosen == row.server_receipt->settings.end()) return "";
  const std::string meaning = meaning_of(job, chosen->second);
  return meaning.empty() ? "" : fmt::format("{}={} {}", chosen->first, chosen->second, meaning);
}

}  // namespace bakeoff::report
