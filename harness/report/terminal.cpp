// Numbers stand right-aligned, what follows them (letters, intervals) left-aligned after, so that both can be read
// down the column. Which columns stand where is decided before (terminal_layout.h).
#include "harness/report/terminal.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "harness/measure/plain_text.h"
#include "harness/report/caption.h"
#include "harness/report/column_units.h"
#include "harness/report/families.h"
#include "harness/report/terminal_layout.h"
#include "harness/report/text_layout.h"

namespace bakeoff::report {
namespace {

constexpr std::size_t kNarrowestRemark = 30;  // One with less room beside its subject stands below it.
constexpr std::size_t kRemarkIndent = 4;

/// What rows call themselves must not steer the terminal.
Table in_plain_lines(Table table) {
  const auto plain = [](std::string& text) { text = measure::plain_line(text); };
  plain(table.caption);
  plain(table.baseline);
  plain(table.legend);
  for (Column& column : table.columns) plain(column.title);
  for (std::string& note : table.notes) plain(note);
  for (TableRow& row : table.rows) {
    plain(row.remark);
    plain(row.family);
    for (Cell& cell : row.cells) plain(cell.text);
  }
  return table;
}

std::string padded(const std::string& text, std::size_t width, Align align) {
  const std::string space(width - std::min(width, display_width(text)), ' ');
  return align == Align::left ? text + space : space + text;
}

std::string render_piece(const TerminalPiece& piece, const TerminalLayout& layout, std::size_t column, Align align) {
  if (align == Align::left) return padded(piece.number + piece.suffix, layout.width[column], align);
  return padded(piece.number + padded(piece.suffix, layout.suffix[column], Align::left), layout.width[column], align);
}

void append_line(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
}

/// The remark of a subject without numbers, beside its name, in as many lines as it takes.
void append_remark(std::string& out, const std::string& line, const std::string& remark, std::size_t width) {
  const std::string start = line + std::string(kTerminalSeparator);
  if (width == 0 || display_width(start) + kNarrowestRemark <= width) {
    out += wrapped_text(start + remark, width, display_width(start));
    return;
  }
  append_line(out, line);
  out += wrapped_text(std::string(kRemarkIndent, ' ') + remark, width, kRemarkIndent);
}

/// Titles of several lines end in the same line.
void append_header(std::string& out, const Table& table, const TerminalLayout& layout, const ColumnGroup& part) {
  std::size_t height = 0;
  for (const std::size_t c : part) height = std::max(height, layout.titles[c].size());
  for (std::size_t line = 0; line < height; ++line) {
    std::string header;
    for (const std::size_t c : part) {
      const std::vector<std::string>& title = layout.titles[c];
      const std::size_t above = height - title.size();
      if (c != part.front()) header += kTerminalSeparator;
      header += padded(line < above ? "" : title[line - above], layout.width[c], table.columns[c].align);
    }
    append_line(out, header);
  }
}

/// Whether a row has nothing in these columns, but for its subject.
bool is_blank(const TerminalLayout& layout, std::size_t row, const ColumnGroup& columns) {
  return std::ranges::all_of(columns, [&](std::size_t c) {
    const TerminalPiece& piece = layout.pieces[row][c];
    return c == 0 || (piece.number.empty() && piece.suffix.empty());
  });
}

/// Whether a row has a line in this part of its table.
bool stands_in(const Table& table, const TerminalLayout& layout, std::size_t row, const ColumnGroup& part) {
  const bool first_part = &part == &layout.parts.front();
  // The first part has told all that there is of a remark.
  if (!table.rows[row].remark.empty()) return first_part;
  // An overview has rows of which some parts know nothing.
  return !is_blank(layout, row, part) || (first_part && is_blank(layout, row, layout.chosen));
}

void append_line_of(std::string& out, const Table& table, const TerminalLayout& layout, std::size_t row,
                    const ColumnGroup& part, const TerminalStyle& style) {
  // Without a column of numbers the notes have the remarks.
  const bool has_numbers = std::ranges::find(table.columns, Align::right, &Column::align) != table.columns.end();
  const std::string& remark = table.rows[row].remark;
  std::string line;
  bool told = false;
  for (const std::size_t c : part) {
    if (!remark.empty() && table.columns[c].align == Align::right) {
      append_remark(out, line, remark, style.sentence_width());
      told = true;
      break;
    }
    if (c != part.front()) line += kTerminalSeparator;
    line += render_piece(layout.pieces[row][c], layout, c, table.columns[c].align);
  }
  if (!told && !remark.empty() && has_numbers) {
    append_remark(out, line, remark, style.sentence_width());
  } else if (!told) {
    append_line(out, line);
  }
  for (const std::string& further : layout.further[row]) append_line(out, further);
}

void append_rows(std::string& out, const Table& table, const TerminalLayout& layout, const ColumnGroup& part,
                 const TerminalStyle& style) {
  for (const FamilyRows& family : rows_by_family(table)) {
    bool headed = family.family.empty();
    for (const std::size_t row : family.rows) {
      if (!stands_in(table, layout, row, part)) continue;
      if (!headed) append_line(out, family.family);
      headed = true;
      append_line_of(out, table, layout, row, part, style);
    }
  }
}

/// What a wider terminal would show.
std::string left_out_in_words(const Table& table, const TerminalLayout& layout) {
  std::vector<std::string> titles;
  for (const std::size_t c : layout.left_out) titles.push_back(table.columns[c].title);
  return "no room for " + listed(titles) + ": a wider terminal shows them, and so does --format md";
}

/// The header and the rows; nothing for a table of one column, whose notes tell of its rows.
void append_grid(std::string& out, const Table& table, const TerminalStyle& style) {
  if (table.columns.empty()) return;
  const TerminalLayout layout = terminal_layout(table, style);
  for (const ColumnGroup& part : layout.parts) {
    if (&part != &layout.parts.front()) out += "\n";
    append_header(out, table, layout, part);
    append_rows(out, table, layout, part, style);
  }
  if (!layout.left_out.empty()) {
    out += wrapped_text("  " + left_out_in_words(table, layout), style.sentence_width(), 4);
  }
}

}  // namespace

std::string terminal_table(const Table& given, const TerminalStyle& style) {
  const Table table = in_plain_lines(in_fitting_units(given));
  std::string out = wrapped_text(table.caption, style.sentence_width(), 2);
  append_grid(out, table, style);
  const Marks marks = style.colour ? Marks{"bold:", "struck through:"} : Marks{"*", "~ ~"};
  const std::string legend = marks_legend(table, marks);
  if (!legend.empty()) out += wrapped_text("  " + legend, style.sentence_width(), 2);
  for (const std::string& note : table.notes) out += wrapped_text("  " + note, style.sentence_width(), 4);
  return out;
}

std::string terminal_sentences(const std::vector<std::string>& sentences, const TerminalStyle& style) {
  std::string out;
  for (const std::string& one : sentences) out += wrapped_text(measure::plain_line(one), style.sentence_width(), 2);
  return out;
}

std::string terminal_report(const Report& report, const TerminalStyle& style) {
  std::string out;
  if (!report.experiment.empty() || !report.question.empty()) {
    const bool both = !report.experiment.empty() && !report.question.empty();
    out += terminal_sentences({report.experiment + (both ? ": " : "") + report.question}, style);
  }
  out += terminal_sentences(report.head, style);
  if (report.overview) out += (out.empty() ? "" : "\n") + terminal_table(*report.overview, style);
  for (const Table& table : report.tables) {
    if (!out.empty()) out += "\n";
    out += terminal_table(table, style);
  }
  if (report.agreement) out += "\n" + terminal_table(*report.agreement, style);
  if (!report.foot.empty() && !out.empty()) out += "\n";
  return out + terminal_sentences(report.foot, style);
}

}  // namespace bakeoff::report
