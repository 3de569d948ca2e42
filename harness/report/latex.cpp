#include "harness/report/latex.h"

#include <algorithm>

#include "harness/report/caption.h"
#include "harness/report/column_units.h"
#include "harness/report/families.h"
#include "harness/report/latex_text.h"
#include "harness/report/number_format.h"

namespace bakeoff::report {
namespace {

// Without Latin Modern the T1 encoding would fall back to bitmaps, so then the encoding stays what it is.
constexpr const char* kPreamble = R"(\documentclass[10pt]{article}
\usepackage[a4paper,landscape,margin=18mm]{geometry}
\usepackage[utf8]{inputenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}\usepackage[T1]{fontenc}}{}
\usepackage{booktabs}
\usepackage{graphicx}
\usepackage{float}
\usepackage[font=small,labelfont=bf,justification=raggedright,singlelinecheck=false,skip=6pt]{caption}
\floatplacement{table}{H}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt}
\begin{document}
\raggedright
)";

// Provided and not defined: a paper may hold several tables of ours, and its author may want other marks.
constexpr const char* kMacros = R"(  \providecommand{\bakeoffvoid}[1]{\begingroup\setbox2=\hbox{#1}\leavevmode
    \rlap{\rule[0.55ex]{\wd2}{0.4pt}}\box2\endgroup}
  \providecommand{\bakeofffit}[1]{\begingroup\setbox4=\hbox{#1}\leavevmode
    \ifdim\wd4>\linewidth\resizebox{\linewidth}{!}{\box4}\else\box4\fi\endgroup}
)";

constexpr std::size_t kLongRemark = 70;  // Characters; from here on a remark is set in several lines.

// What follows the number of a cell, in a column of its own, so that the numbers stand under each other.
std::string suffix_of(const Cell& cell) {
  std::string suffix;
  if (!cell.letters.empty()) suffix += "\\textsuperscript{" + latex_text(cell.letters) + "}";
  if (cell.interval) suffix += "\\,{\\small " + latex_text(format_interval(*cell.interval)) + "}";
  if (cell.tied) suffix += "\\,$=$";
  return suffix;
}

std::string number_of(const Cell& cell) {
  std::string text = cell.text;
  if (cell.value && text.ends_with(" us")) text.replace(text.size() - 2, 1, "µ");  // A cell with a unit of its own.
  text = latex_text(text);
  if (!cell.struck_reason.empty() && !text.empty()) text = "\\bakeoffvoid{" + text + "}";
  return cell.best ? "\\textbf{" + text + "}" : text;
}

// Columns that have a suffix somewhere take two of LaTeX's.
std::vector<bool> suffixed_columns(const Table& table) {
  std::vector<bool> suffixed(table.columns.size());
  for (const TableRow& row : table.rows) {
    for (std::size_t c = 0; c < row.cells.size() && c < suffixed.size(); ++c) {
      suffixed[c] = suffixed[c] || !suffix_of(row.cells[c]).empty();
    }
  }
  return suffixed;
}

// Micro is written as "u" on a terminal; paper has the sign.
std::string with_micro(const Table& table, std::string text) {
  for (const Column& column : table.columns) {
    if (!column.unit.starts_with("us") || !column.title.ends_with(column.unit)) continue;
    std::string title = column.title;
    title.replace(title.size() - column.unit.size(), 1, "µ");
    for (auto at = text.find(column.title); at != std::string::npos; at = text.find(column.title, at + title.size())) {
      text.replace(at, column.title.size(), title);
    }
  }
  return text;
}

std::string row_line(const Table& table, const TableRow& row, const std::vector<bool>& suffixed) {
  std::string line;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (c > 0) line += " & ";
    if (!row.remark.empty() && table.columns[c].align == Align::right) {
      std::size_t places = 0;
      for (std::size_t i = c; i < table.columns.size(); ++i) places += suffixed[i] ? 2 : 1;
      const char* form = row.remark.size() < kLongRemark ? "l" : "p{0.55\\linewidth}";
      return line + "\\multicolumn{" + std::to_string(places) + "}{" + form + "}{\\itshape\\raggedright " +
             latex_text(row.remark) + "}";
    }
    const Cell cell = c < row.cells.size() ? row.cells[c] : Cell();
    line += number_of(cell);
    if (suffixed[c]) line += " & " + suffix_of(cell);
  }
  return line;
}

std::string label_of(const std::string& name) {
  std::string label;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain) label += c;
    if (!plain && !label.ends_with('-')) label += '-';
  }
  while (label.ends_with('-')) label.pop_back();
  return label;
}

// A row that spans all columns, set off from the family above it.
std::string heading_lines(const FamilyRows& family, std::size_t places) {
  const char* space = family.rows.front() == 0 ? "" : "      \\addlinespace\n";
  return space +
         ("      \\multicolumn{" + std::to_string(places) + "}{l}{\\itshape " + latex_text(family.family) + "} \\\\\n");
}

std::string grid(const Table& table) {
  const std::vector<bool> suffixed = suffixed_columns(table);
  std::string form;
  std::string header;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    const std::string title = latex_text(with_micro(table, column.title));
    form += column.align == Align::left ? "l" : "r";
    if (suffixed[c]) form += "@{}l";
    header += c > 0 ? " & " : "";
    header += suffixed[c] ? "\\multicolumn{2}{c}{" + title + "}" : title;
  }
  std::string out = "  \\bakeofffit{%\n    \\begin{tabular}{" + form + "}\n      \\toprule\n";
  out += "      " + header + " \\\\\n      \\midrule\n";
  const auto places = table.columns.size() + static_cast<std::size_t>(std::ranges::count(suffixed, true));
  for (const FamilyRows& family : rows_by_family(table)) {
    if (!family.family.empty()) out += heading_lines(family, places);
    const char* indent = family.family.empty() ? "      " : "      \\quad ";
    for (const std::size_t row : family.rows) out += indent + row_line(table, table.rows[row], suffixed) + " \\\\\n";
  }
  return out + "      \\bottomrule\n    \\end{tabular}}\n";
}

std::string latex_table(const Table& given) {
  const Table table = in_fitting_units(given);
  std::string out = "% ---- " + label_of(table.name) + ": needs \\usepackage{booktabs,graphicx}\n\\begin{table}\n";
  out += kMacros;
  out += "  \\caption{" + latex_text(with_micro(table, table.caption)) + "}\n";
  out += "  \\label{tab:" + label_of(table.name) + "}\n";
  if (table.columns.size() > 1) out += grid(table);
  std::vector<std::string> lines = table.notes;
  const std::string legend = marks_legend(table, {"bold:", "struck through:"});
  if (!legend.empty()) lines.insert(lines.begin(), legend);
  if (!lines.empty()) {
    out += "  \\par\\medskip\n  \\begin{minipage}{\\linewidth}\\footnotesize\\raggedright\n";
    for (const std::string& line : lines) out += "    " + latex_text(with_micro(table, line)) + "\\par\n";
    out += "  \\end{minipage}\n";
  }
  return out + "\\end{table}\n";
}

}  // namespace

std::string latex_report(const Report& report) {
  std::string out = kPreamble;
  if (!report.experiment.empty()) out += "\\section*{\\raggedright " + latex_text(report.experiment) + "}\n";
  if (!report.question.empty()) out += latex_text(report.question) + "\n";
  for (const std::string& line : report.head) out += "\\par " + latex_text(line) + "\n";
  if (report.overview) out += "\n" + latex_table(*report.overview);
  for (const Table& table : report.tables) out += "\n" + latex_table(table);
  if (report.agreement) out += "\n" + latex_table(*report.agreement);
  if (!report.foot.empty()) out += "\n{\\footnotesize\\setlength{\\parskip}{0pt}\n";
  for (const std::string& line : report.foot) out += latex_text(line) + "\\par\n";
  if (!report.foot.empty()) out += "}\n";
  return out + "\\end{document}\n";
}

}  // namespace bakeoff::report
