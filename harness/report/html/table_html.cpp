#include "harness/report/html/table_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/report/caption.h"
#include "harness/report/column_units.h"
#include "harness/report/families.h"
#include "harness/report/html/markup.h"
#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"

namespace bakeoff::report::html {
namespace {

/// Words that stand beside a number for a pointer, or for who comes to it by the keyboard, and are read out behind it.
std::string with_tip(const std::string& tag, const std::string& shown, const std::string& tip) {
  return fmt::format("<{0} tabindex=\"0\" data-tip=\"{1}\">{2}</{0}><span class=\"heard\"> ({1})</span>", tag,
                     escaped(tip), shown);
}

/// The subjects that were compared with this one and share a letter with it.
std::string tied_with(const Table& table, std::size_t row, std::size_t column) {
  std::vector<std::string> names;
  const std::string& letters = table.rows[row].cells[column].letters;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    if (i == row || column >= table.rows[i].cells.size()) continue;
    const bool comparable = !table.by_family || table.rows[i].family == table.rows[row].family;
    if (comparable && table.rows[i].cells[column].letters.find_first_of(letters) != std::string::npos) {
      names.push_back(table.rows[i].subject);
    }
  }
  if (!names.empty()) return "not told apart from " + listed(names);
  return table.by_family ? "told apart from all of its family that have a letter"
                         : "told apart from all that have a letter";
}

std::string number_cell(const Table& table, std::size_t row, std::size_t column) {
  const Cell& cell = table.rows[row].cells[column];
  std::string shown = escaped(cell.text), look;
  if (!cell.struck_reason.empty() && !shown.empty()) {
    look = " class=\"void\"";
    shown = with_tip("s", shown, "void: " + cell.struck_reason);
  } else if (cell.best) {
    look = " class=\"best\"";
  }
  if (!cell.letters.empty()) {
    // A summary has the letters of other tables, which say who shares them.
    shown += fmt::format(" <span class=\"letters\">{}</span>",
                         table.is_summary ? escaped(cell.letters)
                                          : with_tip("span", escaped(cell.letters), tied_with(table, row, column)));
  }
  if (cell.interval) {
    shown += fmt::format(" <span class=\"interval\">{}</span>", escaped(format_interval(*cell.interval)));
  }
  if (cell.tied) {
    shown += " " + with_tip("span", "=",
                            table.baseline.empty() ? "not told apart: the interval contains 1"
                                                   : "not told apart from " + table.baseline);
  }
  if (!cell.range.empty()) shown += " <span class=\"interval\">(" + escaped(cell.range) + ")</span>";
  // By which rows are sorted: what is void has no place among them.
  const bool counts = cell.value && std::isfinite(*cell.value) && cell.struck_reason.empty();
  const std::string value = counts ? fmt::format(" data-value=\"{:.6g}\"", *cell.value) : "";
  return fmt::format("<td{}{}>{}</td>", look, value, shown);
}

std::string row_html(const Table& table, std::size_t at) {
  const TableRow& row = table.rows[at];
  std::string out = fmt::format("<tr data-subject=\"{}\" data-family=\"{}\"><th scope=\"row\"><bdi>{}</bdi></th>",
                                escaped(row.subject), escaped(row.family), escaped(row.subject));
  const bool has_numbers = row.remark.empty();
  for (std::size_t column = 1; column < table.columns.size(); ++column) {
    const bool is_text = table.columns[column].align == Align::left;
    if (!has_numbers && !is_text) {
      return out + fmt::format("<td class=\"remark\" colspan=\"{}\">{}</td></tr>\n", table.columns.size() - column,
                               escaped(row.remark));
    }
    if (column >= row.cells.size()) {
      out += "<td></td>";
    } else if (is_text) {
      out += fmt::format("<td class=\"left words\">{}</td>", escaped(row.cells[column].text));
    } else {
      out += number_cell(table, at, column);
    }
  }
  return out + "</tr>\n";
}

std::string head_html(const Table& table) {
  std::string out = "<thead><tr>";
  for (const Column& column : table.columns) {
    out +=
        fmt::format("<th scope=\"col\" data-key=\"{}\"{}><button type=\"button\">{}</button></th>", escaped(column.key),
                    column.align == Align::left ? " class=\"left\"" : "", escaped(column.title));
  }
  return out + "</tr></thead>\n";
}

std::string controls_html(const Table& table) {
  std::string boxes;
  for (std::size_t i = 1; i < table.columns.size(); ++i) {
    boxes += fmt::format("<label><input type=\"checkbox\" checked data-table=\"{}\" data-column=\"{}\"> {}</label>\n",
                         escaped(table.name), escaped(table.columns[i].key), escaped(table.columns[i].title));
  }
  return fmt::format(
      "<details class=\"controls\" hidden><summary aria-label=\"columns of {}\">columns</summary><div "
      "class=\"controls\" hidden>\n{}</div></details>\n",
      escaped(table.name), boxes);
}

}  // namespace

std::string table_html(const Table& given, const std::string& id, const std::string& above) {
  const Table table = in_fitting_units(given);
  std::string out = fmt::format("<h2 id=\"{}\">{}</h2>\n<p class=\"caption\">{}</p>\n", escaped(id),
                                escaped(table.name), escaped(table.caption));
  out += above;
  if (table.columns.size() > 1) {
    out += controls_html(table);
    out += fmt::format(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{}\">\n<table data-name=\"{}\">\n",
        escaped(id), escaped(table.name));
    out += head_html(table) + "<tbody>\n";
    for (const FamilyRows& family : rows_by_family(table)) {
      if (!family.family.empty()) {
        out += fmt::format(
            "<tr class=\"family\" data-family=\"{0}\"><th colspan=\"{1}\" scope=\"rowgroup\">{0}</th></tr>\n",
            escaped(family.family), table.columns.size());
      }
      for (const std::size_t row : family.rows) out += row_html(table, row);
    }
    out += "</tbody>\n</table>\n</div>\n";
  }
  const std::string legend = marks_legend(table, {"shaded:", "struck out:"});
  if (!legend.empty()) out += "<p class=\"caption\">" + escaped(legend) + "</p>\n";
  if (!table.notes.empty()) {
    out += "<ul class=\"notes\">\n";
    for (const std::string& note : table.notes) out += "<li>" + escaped(note) + "</li>\n";
    out += "</ul>\n";
  }
  return out;
}

}  // namespace bakeoff::report::html
