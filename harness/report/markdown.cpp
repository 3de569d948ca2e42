#include "harness/report/markdown.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/measure/plain_text.h"
#include "harness/report/caption.h"
#include "harness/report/column_units.h"
#include "harness/report/families.h"
#include "harness/report/text_layout.h"

namespace bakeoff::report {
namespace {

// A bar would end the cell; ~ and * would mark what is not ours to mark; < would begin a tag; ![ would begin an image,
// which a viewer fetches from wherever the last words of a foreign server say.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : measure::plain_line(text)) {
    if (c == '[' && out.ends_with('!')) out.insert(out.size() - 1, 1, '\\');
    if (c == '|' || c == '*' || c == '_' || c == '~' || c == '<' || c == '`' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string cell_text(const Cell& cell) {
  std::string number = escaped(cell.text);
  if (!cell.struck_reason.empty() && !number.empty()) number = "~~" + number + "~~";
  if (cell.best) number = "**" + number + "**";
  return number + cell_suffix(cell);
}

std::string markdown_row(const Table& table, const TableRow& row) {
  std::string out = "|";
  bool told = row.remark.empty();
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::string text = c < row.cells.size() ? cell_text(row.cells[c]) : "";
    if (!told && table.columns[c].align == Align::right) {
      text = escaped(row.remark);
      told = true;
    }
    out += text.empty() ? " |" : " " + text + " |";
  }
  return out + "\n";
}

/// A row that has a family's name alone; Markdown has no cell that spans.
std::string heading_row(const Table& table, const std::string& family) {
  std::string out = "| *" + escaped(family) + "* |";
  for (std::size_t c = 1; c < table.columns.size(); ++c) out += " |";
  return out + "\n";
}

/// The header and the rows.
std::string markdown_grid(const Table& table) {
  std::string out = "\n|";
  for (const Column& column : table.columns) out += " " + escaped(column.title) + " |";
  out += "\n|";
  for (const Column& column : table.columns) out += column.align == Align::left ? " :-- |" : " --: |";
  out += "\n";
  for (const FamilyRows& family : rows_by_family(table)) {
    if (!family.family.empty()) out += heading_row(table, family.family);
    for (const std::size_t row : family.rows) out += markdown_row(table, table.rows[row]);
  }
  return out;
}

std::string markdown_drawings(const TableDrawings& table) {
  std::string out;
  for (const TableDrawings::Drawing& one : table.drawings) {
    if (out.empty()) {
      out = fmt::format("![{}]({})\n", escaped(one.title), one.file);
      continue;
    }
    out += fmt::format("{}[{}]({})", &one == &table.drawings[1] ? "\n" : " · ", escaped(one.title), one.file);
  }
  if (table.drawings.size() > 1) out += "\n";
  return out.empty() ? out : out + "\n";
}

}  // namespace

std::string markdown_table(const Table& given) {
  const Table table = in_fitting_units(given);
  std::string out = escaped(table.caption) + "\n";
  if (table.columns.size() > 1) out += markdown_grid(table);
  const std::string legend = marks_legend(table, {"**bold**:", "~~struck out~~:"});
  if (!legend.empty()) out += "\n" + legend + "\n";
  if (!table.notes.empty()) out += "\n";
  for (const std::string& note : table.notes) out += "- " + escaped(note) + "\n";
  return out;
}

std::string markdown_report(const Report& report, const std::vector<TableDrawings>& drawings) {
  std::string out;
  const auto drawn = [&](const Table& table) {
    const auto found = std::ranges::find(drawings, table.name, &TableDrawings::table);
    return found == drawings.end() ? std::string() : markdown_drawings(*found);
  };
  if (!report.experiment.empty()) out += "# " + escaped(report.experiment) + "\n\n";
  if (!report.question.empty()) out += escaped(report.question) + "\n\n";
  for (const std::string& line : report.head) out += "- " + escaped(line) + "\n";
  if (!report.head.empty()) out += "\n";
  if (report.overview) out += "## Overview\n\n" + markdown_table(*report.overview) + "\n";
  for (const Table& table : report.tables) {
    out += "## " + escaped(table.name) + "\n\n" + markdown_table(table) + "\n" + drawn(table);
  }
  if (report.agreement)
    out += "## " + escaped(report.agreement->name) + "\n\n" + markdown_table(*report.agreement) + "\n";
  for (const std::string& line : report.foot) out += "- " + escaped(line) + "\n";
  return out;
}

}  // namespace bakeoff::report
