// Numbers stand right-aligned, what follows them (letters, intervals) left-aligned after, so that both can be read
// down the column. A table that is too wide loses its dispensable columns first; then long names of subjects are broken
// between their settings; what still has no room is continued below, and titles are broken where a column would stand
// alone there.
#include "harness/report/terminal.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "harness/measure/plain_text.h"
#include "harness/report/caption.h"
#include "harness/report/column_units.h"
#include "harness/report/text_layout.h"

namespace bakeoff::report {
namespace {

constexpr std::string_view kColumnSeparator = "  ";
constexpr std::size_t kNarrowestRemark = 30;  // One with less room beside its subject stands below it.
constexpr std::size_t kRemarkIndent = 4;

struct Piece {
  std::string number, suffix;
};

struct Layout {
  std::vector<std::vector<Piece>> pieces;          // By row, by column.
  std::vector<std::size_t> number, suffix, width;  // By column.
  std::vector<std::vector<std::string>> further;   // By row: the lines of its subject behind the first.
  std::vector<std::vector<std::string>> titles;    // By column, in lines.
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
    layout.titles.push_back({table.columns[c].title});
    layout.width.push_back(std::max(layout.number[c] + layout.suffix[c], display_width(table.columns[c].title)));
  }
  return layout;
}

/// Columns that stand side by side, by their index; the first is the subject.
using ColumnGroup = std::vector<std::size_t>;

std::size_t total_width(const Layout& layout, const ColumnGroup& part) {
  std::size_t total = 0;
  for (const std::size_t c : part) total += (total > 0 ? kColumnSeparator.size() : 0) + layout.width[c];
  return total;
}

/// All columns; where they are wider than the terminal, those that cannot be dispensed with.
ColumnGroup chosen_columns(const Table& table, const Layout& layout, std::size_t width) {
  ColumnGroup all, needed;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    all.push_back(c);
    if (!table.columns[c].dispensable) needed.push_back(c);
  }
  return width == 0 || total_width(layout, all) <= width ? all : needed;
}

/// The name of a subject in lines of this width, broken behind the colons between its settings.
std::vector<std::string> broken_name(const std::string& name, std::size_t width) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < name.size() || lines.empty();) {
    const std::size_t colon = name.find(':', begin);
    const std::size_t end = colon == std::string::npos ? name.size() : colon + 1;
    const std::string setting = name.substr(begin, end - begin);
    if (lines.empty()) {
      lines.push_back(setting);
    } else if (display_width(lines.back() + setting) <= width) {
      lines.back() += setting;
    } else {
      lines.push_back("  " + setting);
    }
    begin = end;
  }
  return lines;
}

/// Gives subjects a third of the terminal where the chosen columns have no room beside each other.
void break_subjects(Layout& layout, const Table& table, const ColumnGroup& chosen, std::size_t width) {
  layout.further.resize(table.rows.size());
  if (width == 0 || total_width(layout, chosen) <= width) return;
  layout.width[0] = display_width(table.columns[0].title);
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    std::vector<std::string> lines = broken_name(layout.pieces[r][0].number, width / 3);
    for (const std::string& line : lines) layout.width[0] = std::max(layout.width[0], display_width(line));
    layout.pieces[r][0].number = lines.front();
    layout.further[r].assign(lines.begin() + 1, lines.end());
  }
}

/// The chosen columns in parts that fit, each of which begins with the subject: in as few as can be, of those divisions
/// that leave the fewest parts with a single column behind it.
std::vector<ColumnGroup> split(const ColumnGroup& chosen, const Layout& layout, std::size_t width) {
  struct Rest {
    std::size_t lonely = 0, parts = 0, end = 0;  ///< Of the columns from here on; the first part ends before `end`.
  };
  std::vector<Rest> best(chosen.size() + 1);
  for (std::size_t begin = chosen.size(); begin-- > 1;) {
    ColumnGroup part{chosen.front()};
    for (std::size_t end = begin + 1; end <= chosen.size(); ++end) {
      part.push_back(chosen[end - 1]);
      const bool alone = end == begin + 1;
      if (width > 0 && total_width(layout, part) > width && !alone) break;
      const Rest rest{best[end].lonely + (alone ? 1U : 0U), best[end].parts + 1, end};
      const bool no_worse = std::tie(rest.lonely, rest.parts) <= std::tie(best[begin].lonely, best[begin].parts);
      if (alone || no_worse) best[begin] = rest;
    }
  }
  std::vector<ColumnGroup> parts;
  for (std::size_t begin = 1; begin < chosen.size(); begin = best[begin].end) {
    ColumnGroup& part = parts.emplace_back(ColumnGroup{chosen.front()});
    for (std::size_t at = begin; at < best[begin].end; ++at) part.push_back(chosen[at]);
  }
  return parts;
}

bool any_is_lonely(const std::vector<ColumnGroup>& parts) {
  return parts.size() > 1 && std::ranges::any_of(parts, [](const ColumnGroup& part) { return part.size() == 2; });
}

/// Breaks titles that are wider than what stands below them, between their words.
void break_titles(Layout& layout) {
  for (std::size_t c = 1; c < layout.titles.size(); ++c) {
    // A width of 1 leaves each word alone.
    std::size_t widest = layout.number[c] + layout.suffix[c];
    for (const std::string& word : wrap(layout.titles[c].front(), 1, 0)) widest = std::max(widest, display_width(word));
    layout.titles[c] = wrap(layout.titles[c].front(), widest, 0);
    layout.width[c] = widest;
  }
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

/// The remark of a subject without numbers, beside its name, in as many lines as it takes.
void append_remark(std::string& out, const std::string& line, const std::string& remark, std::size_t width) {
  const std::string start = line + std::string(kColumnSeparator);
  if (width == 0 || display_width(start) + kNarrowestRemark <= width) {
    out += wrapped_text(start + remark, width, display_width(start));
    return;
  }
  append_line(out, line);
  out += wrapped_text(std::string(kRemarkIndent, ' ') + remark, width, kRemarkIndent);
}

/// Titles of several lines end in the same line.
void append_header(std::string& out, const Table& table, const Layout& layout, const ColumnGroup& part) {
  std::size_t height = 0;
  for (const std::size_t c : part) height = std::max(height, layout.titles[c].size());
  for (std::size_t line = 0; line < height; ++line) {
    std::string header;
    for (const std::size_t c : part) {
      const std::vector<std::string>& title = layout.titles[c];
      const std::size_t above = height - title.size();
      if (c != part.front()) header += kColumnSeparator;
      header += padded(line < above ? "" : title[line - above], layout.width[c], table.columns[c].align);
    }
    append_line(out, header);
  }
}

/// Whether a row has nothing in these columns, but for its subject.
bool is_blank(const Layout& layout, std::size_t row, const ColumnGroup& columns) {
  return std::ranges::all_of(columns, [&](std::size_t c) {
    const Piece& piece = layout.pieces[row][c];
    return c == 0 || (piece.number.empty() && piece.suffix.empty());
  });
}

void append_rows(std::string& out, const Table& table, const Layout& layout, const ColumnGroup& part,
                 const ColumnGroup& chosen, bool first_part, const TerminalStyle& style) {
  // Without a column of numbers the notes have the remarks.
  const bool has_numbers = std::ranges::find(table.columns, Align::right, &Column::align) != table.columns.end();
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const std::string& remark = table.rows[r].remark;
    if (!remark.empty() && !first_part) continue;  // The first part has told all that there is of it.
    // An overview has rows of which some parts know nothing.
    if (remark.empty() && is_blank(layout, r, part) && !(first_part && is_blank(layout, r, chosen))) continue;
    std::string line;
    bool told = false;
    for (const std::size_t c : part) {
      if (!remark.empty() && table.columns[c].align == Align::right) {
        append_remark(out, line, remark, style.sentence_width());
        told = true;
        break;
      }
      if (c != part.front()) line += kColumnSeparator;
      line += render_piece(layout.pieces[r][c], layout, c, table.columns[c].align);
    }
    if (!told && !remark.empty() && has_numbers) {
      append_remark(out, line, remark, style.sentence_width());
    } else if (!told) {
      append_line(out, line);
    }
    for (const std::string& further : layout.further[r]) append_line(out, further);
  }
}

/// The header and the rows; nothing for a table of one column, whose notes tell of its rows.
void append_grid(std::string& out, const Table& table, const TerminalStyle& style) {
  if (table.columns.empty()) return;
  Layout layout = make_layout(table, style);
  const ColumnGroup chosen = chosen_columns(table, layout, style.width);
  break_subjects(layout, table, chosen, style.width);
  std::vector<ColumnGroup> parts = split(chosen, layout, style.width);
  if (any_is_lonely(parts)) {
    break_titles(layout);
    parts = split(chosen, layout, style.width);
  }
  bool first_part = true;
  for (const ColumnGroup& part : parts) {
    if (!first_part) out += "\n";
    append_header(out, table, layout, part);
    append_rows(out, table, layout, part, chosen, first_part, style);
    first_part = false;
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
