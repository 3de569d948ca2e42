// Numbers stand right-aligned, what follows them (letters, intervals) left-aligned after, so that both can be read
// down the column.
#include "harness/report/terminal.h"

#include <algorithm>
#include <vector>

#include "harness/measure/plain_text.h"
#include "harness/report/caption.h"
#include "harness/report/text_layout.h"

namespace bakeoff::report {
namespace {

constexpr std::string_view kColumnSeparator = "  ";
constexpr std::size_t kNarrowestText = 12;  // To which a long "like" is cut before a table is broken in two.

struct Piece {
  std::string number, suffix;
};

struct Layout {
  std::vector<std::vector<Piece>> pieces;          // By row, by column.
  std::vector<std::size_t> number, suffix, width;  // By column.
};

Piece make_piece(const Cell& cell, const TerminalStyle& style) {
  Piece piece{cell.text, cell_suffix(cell)};
  if (!cell.struck_reason.empty()) {
    piece.number = struck_out(cell.text, style.colour);
  } else if (cell.best && style.colour) {
    piece.number = coloured(cell.text, kBold);
  }
  if (cell.best && !style.colour) piece.suffix += piece.suffix.empty() ? " *" : "*";
  return piece;
}

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
    for (Cell& cell : row.cells) plain(cell.text);
  }
  return table;
}

Layout make_layout(const Table& table, const TerminalStyle& style) {
  Layout layout;
  const std::size_t columns = table.columns.size();
  layout.number.resize(columns);
  layout.suffix.resize(columns);
  for (const TableRow& row : table.rows) {
    auto& pieces = layout.pieces.emplace_back();
    for (std::size_t c = 0; c < columns; ++c) {
      pieces.push_back(make_piece(c < row.cells.size() ? row.cells[c] : Cell(), style));
      layout.number[c] = std::max(layout.number[c], display_width(pieces.back().number));
      layout.suffix[c] = std::max(layout.suffix[c], display_width(pieces.back().suffix));
    }
  }
  for (std::size_t c = 0; c < columns; ++c) {
    layout.width.push_back(std::max(layout.number[c] + layout.suffix[c], display_width(table.columns[c].title)));
  }
  return layout;
}

std::size_t total_width(const Layout& layout) {
  std::size_t total = 0;
  for (const std::size_t width : layout.width) total += (total > 0 ? kColumnSeparator.size() : 0) + width;
  return total;
}

// The second column is a text that can be cut, when there is one.
void shrink_text(Layout& layout, const Table& table, std::size_t width) {
  const std::size_t total = total_width(layout);
  if (width == 0 || total <= width || table.columns.size() < 2 || table.columns[1].align != Align::left) return;
  const std::size_t wanted = layout.width[1] > total - width ? layout.width[1] - (total - width) : 0;
  layout.width[1] = std::min(layout.width[1], std::max(wanted, kNarrowestText));
  for (auto& row : layout.pieces) row[1].number = shorten(row[1].number, layout.width[1]);
}

// Columns that are shown together; every part begins with the subject.
std::vector<std::vector<std::size_t>> split(const Layout& layout, std::size_t width) {
  std::vector<std::vector<std::size_t>> parts{{0}};
  std::size_t used = layout.width[0];
  for (std::size_t c = 1; c < layout.width.size(); ++c) {
    const std::size_t needed = kColumnSeparator.size() + layout.width[c];
    if (width > 0 && used + needed > width && parts.back().size() > 1) {
      parts.push_back({0});
      used = layout.width[0];
    }
    parts.back().push_back(c);
    used += needed;
  }
  return parts;
}

std::string padded(const std::string& text, std::size_t width, Align align) {
  const std::string space(width - std::min(width, display_width(text)), ' ');
  return align == Align::left ? text + space : space + text;
}

std::string render_piece(const Piece& piece, const Layout& layout, std::size_t column, Align align) {
  if (align == Align::left) return padded(piece.number + piece.suffix, layout.width[column], align);
  return padded(piece.number + padded(piece.suffix, layout.suffix[column], Align::left), layout.width[column], align);
}

void append_line(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
}

void append_wrapped(std::string& out, const std::string& text, std::size_t width, std::size_t indent) {
  for (const std::string& line : wrap(text, width, indent)) append_line(out, line);
}

// The remark of a subject without numbers, beside its name, in as many lines as it takes.
void append_remark(std::string& out, const std::string& line, const std::string& remark, std::size_t width) {
  const std::string start = line + std::string(kColumnSeparator);
  append_wrapped(out, start + remark, width, display_width(start));
}

void append_rows(std::string& out, const Table& table, const Layout& layout, const std::vector<std::size_t>& part,
                 bool first_part, const TerminalStyle& style) {
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    std::string line;
    bool told = false;
    for (const std::size_t c : part) {
      if (!table.rows[r].remark.empty() && table.columns[c].align == Align::right) {
        if (first_part) append_remark(out, line, table.rows[r].remark, style.width);
        told = first_part;
        break;
      }
      if (c != part.front()) line += kColumnSeparator;
      line += render_piece(layout.pieces[r][c], layout, c, table.columns[c].align);
    }
    if (!told) append_line(out, line);
  }
}

}  // namespace

std::string terminal_table(const Table& given, const TerminalStyle& style) {
  const Table table = in_plain_lines(given);
  std::string out;
  append_wrapped(out, table.caption, style.width, 2);
  if (table.columns.empty()) return out;
  Layout layout = make_layout(table, style);
  shrink_text(layout, table, style.width);
  bool first_part = true;
  for (const auto& part : split(layout, style.width)) {
    std::string header;
    for (const std::size_t c : part) {
      if (c != part.front()) header += kColumnSeparator;
      header += padded(shorten(table.columns[c].title, layout.width[c]), layout.width[c], table.columns[c].align);
    }
    if (!first_part) out += "\n";
    append_line(out, header);
    append_rows(out, table, layout, part, first_part, style);
    first_part = false;
  }
  const Marks marks = style.colour ? Marks{"bold:", "struck through:"} : Marks{"*", "~ ~"};
  const std::string legend = marks_legend(table, marks);
  if (!legend.empty()) append_wrapped(out, "  " + legend, style.width, 2);
  for (const std::string& note : table.notes) append_wrapped(out, "  " + note, style.width, 4);
  return out;
}

std::string terminal_report(const Report& report, const TerminalStyle& style) {
  std::string out;
  if (!report.experiment.empty() || !report.question.empty()) {
    const bool both = !report.experiment.empty() && !report.question.empty();
    append_wrapped(out, measure::plain_line(report.experiment + (both ? ": " : "") + report.question), style.width, 2);
  }
  for (const std::string& line : report.head) append_wrapped(out, measure::plain_line(line), style.width, 2);
  if (report.overview) out += (out.empty() ? "" : "\n") + terminal_table(*report.overview, style);
  for (const Table& table : report.tables) {
    if (!out.empty()) out += "\n";
    out += terminal_table(table, style);
  }
  if (report.agreement) out += "\n" + terminal_table(*report.agreement, style);
  if (!report.foot.empty() && !out.empty()) out += "\n";
  for (const std::string& line : report.foot) append_wrapped(out, measure::plain_line(line), style.width, 2);
  return out;
}

}  // namespace bakeoff::report
