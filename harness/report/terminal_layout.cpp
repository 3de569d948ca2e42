#include "harness/report/terminal_layout.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <tuple>
#include <utility>

#include "harness/report/text_layout.h"

namespace bakeoff::report {
namespace {

constexpr std::string_view kBelowHeading = "  ";

TerminalPiece make_piece(const Cell& cell, const TerminalStyle& style) {
  TerminalPiece piece{cell.text, cell_suffix(cell)};
  if (!cell.struck_reason.empty()) {
    piece.number = struck_out(cell.text, style.colour);
  } else if (cell.best && style.colour) {
    piece.number = coloured(cell.text, kBold);
  }
  if (cell.best && !style.colour) piece.suffix += piece.suffix.empty() ? " *" : "*";
  return piece;
}

TerminalLayout make_layout(const Table& table, const TerminalStyle& style) {
  TerminalLayout layout;
  const std::size_t columns = table.columns.size();
  layout.number.resize(columns);
  layout.suffix.resize(columns);
  for (const TableRow& row : table.rows) {
    auto& pieces = layout.pieces.emplace_back();
    for (std::size_t c = 0; c < columns; ++c) {
      pieces.push_back(make_piece(c < row.cells.size() ? row.cells[c] : Cell(), style));
      if (c == 0 && table.by_family) pieces.back().number.insert(0, kBelowHeading);
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

std::size_t total_width(const TerminalLayout& layout, const ColumnGroup& part) {
  std::size_t total = 0;
  for (const std::size_t c : part) total += (total > 0 ? kTerminalSeparator.size() : 0) + layout.width[c];
  return total;
}

/// All columns; where they are wider than the terminal, those that cannot be dispensed with.
ColumnGroup chosen_columns(const Table& table, const TerminalLayout& layout, std::size_t width) {
  ColumnGroup all, needed;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    all.push_back(c);
    if (!table.columns[c].dispensable) needed.push_back(c);
  }
  return width == 0 || total_width(layout, all) <= width ? all : needed;
}

/// The indent of a line of the first column.
std::string_view indent_of(const std::string& line) {
  return std::string_view(line).substr(0, std::min(line.find_first_not_of(' '), line.size()));
}

/// The name of a subject in lines of this width, broken behind the colons between its settings.
std::vector<std::string> broken_name(const std::string& name, std::size_t width) {
  std::vector<std::string> lines;
  const std::string further = std::string(indent_of(name)) + "  ";
  for (std::size_t begin = 0; begin < name.size() || lines.empty();) {
    const std::size_t colon = name.find(':', begin);
    const std::size_t end = colon == std::string::npos ? name.size() : colon + 1;
    const std::string setting = name.substr(begin, end - begin);
    if (lines.empty()) {
      lines.push_back(setting);
    } else if (display_width(lines.back() + setting) <= width) {
      lines.back() += setting;
    } else {
      lines.push_back(further + setting);
    }
    begin = end;
  }
  return lines;
}

/// Gives subjects a third of the terminal where the chosen columns have no room beside each other.
void break_subjects(TerminalLayout& layout, const Table& table, const ColumnGroup& chosen, std::size_t width) {
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
std::vector<ColumnGroup> split(const ColumnGroup& chosen, const TerminalLayout& layout, std::size_t width) {
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
void break_titles(TerminalLayout& layout) {
  for (std::size_t c = 1; c < layout.titles.size(); ++c) {
    // A width of 1 leaves each word alone.
    std::size_t widest = layout.number[c] + layout.suffix[c];
    for (const std::string& word : wrap(layout.titles[c].front(), 1, 0)) widest = std::max(widest, display_width(word));
    layout.titles[c] = wrap(layout.titles[c].front(), widest, 0);
    layout.width[c] = widest;
  }
}

/// A title in two lines that are as short as can be, broken before its unit too; in one where that is no wider than
/// `width`.
std::vector<std::string> in_two_lines(const std::string& title, std::size_t width) {
  std::vector<std::string> best{title};
  if (display_width(title) <= width) return best;
  const auto width_of = [](const std::vector<std::string>& lines) {
    return display_width(*std::ranges::max_element(lines, {}, display_width));
  };
  for (std::size_t at = title.find(' '); at != std::string::npos; at = title.find(' ', at + 1)) {
    std::vector<std::string> lines{title.substr(0, at), title.substr(at + 1)};
    if (width_of(lines) < width_of(best)) best = std::move(lines);
  }
  return best;
}

void break_titles_in_two(TerminalLayout& layout) {
  for (std::size_t c = 1; c < layout.titles.size(); ++c) {
    const std::size_t below = layout.number[c] + layout.suffix[c];
    layout.titles[c] = in_two_lines(layout.titles[c].front(), below);
    layout.width[c] = below;
    for (const std::string& line : layout.titles[c]) {
      layout.width[c] = std::max(layout.width[c], display_width(line));
    }
  }
}

/// Leaves spare columns out, the last first, where that gives all others room beside each other.
void leave_spare_columns_out(TerminalLayout& layout, const Table& table, std::size_t width) {
  ColumnGroup kept = layout.chosen, left_out;
  while (total_width(layout, kept) > width) {
    const auto last =
        std::ranges::find_if(kept.rbegin(), kept.rend(), [&](std::size_t c) { return table.columns[c].spare; });
    if (last == kept.rend()) return;
    left_out.insert(left_out.begin(), *last);
    kept.erase(std::next(last).base());
  }
  layout.chosen = std::move(kept);
  layout.left_out = std::move(left_out);
}

}  // namespace

TerminalLayout terminal_layout(const Table& table, const TerminalStyle& style) {
  TerminalLayout layout = make_layout(table, style);
  layout.chosen = chosen_columns(table, layout, style.width);
  const auto fits = [&] { return style.width == 0 || total_width(layout, layout.chosen) <= style.width; };
  // A long table is read better in one piece.
  if (table.by_family && !fits()) break_titles_in_two(layout);
  break_subjects(layout, table, layout.chosen, style.width);
  if (table.by_family && !fits()) leave_spare_columns_out(layout, table, style.width);
  layout.parts = split(layout.chosen, layout, style.width);
  if (!table.by_family && any_is_lonely(layout.parts)) {
    break_titles(layout);
    layout.parts = split(layout.chosen, layout, style.width);
  }
  return layout;
}

}  // namespace bakeoff::report
