#include "harness/report/csv.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <vector>

namespace bakeoff {
namespace {

constexpr std::array kHeader{"experiment", "table",    "subject", "like",   "executor", "metric",
                             "unit",       "baseline", "value",   "low",    "high",     "tied",
                             "letters",    "best",     "void",    "blocks", "remark"};
using Line = std::array<std::string, kHeader.size()>;

std::string& field(Line& line, std::string_view name) {
  for (std::size_t i = 0; i < kHeader.size(); ++i) {
    if (name == kHeader[i]) return line[i];
  }
  throw std::logic_error("no such column: " + std::string(name));
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

void append_line(std::string& out, const auto& fields) {
  bool first = true;
  for (const auto& text : fields) {
    if (!first) out += ',';
    out += quoted(text);
    first = false;
  }
  out += "\r\n";
}

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{:.6g}", value) : "";
}

const char* yes_or_no(bool value) {
  return value ? "true" : "false";
}

void fill_metric(Line& line, const Table& table, const Column& column, const Cell& cell) {
  field(line, "metric") = column.key;
  field(line, "unit") = column.unit;
  if (column.key == "ratio") field(line, "baseline") = table.baseline;
  field(line, "letters") = cell.letters;
  field(line, "void") = cell.struck_reason;
  if (!cell.value) return;
  field(line, "value") = number(*cell.value);
  field(line, "best") = yes_or_no(cell.best);
  field(line, "blocks") = std::to_string(cell.blocks);
  if (!cell.interval) return;
  field(line, "low") = number(cell.interval->low);
  field(line, "high") = number(cell.interval->high);
  field(line, "tied") = yes_or_no(cell.tied);
}

void append_row(std::string& out, const Report& report, const Table& table, const TableRow& row) {
  Line common;
  field(common, "experiment") = report.experiment;
  field(common, "table") = table.name;
  field(common, "remark") = row.remark;
  std::vector<Line> lines;
  for (std::size_t c = 0; c < table.columns.size() && c < row.cells.size(); ++c) {
    const Column& column = table.columns[c];
    if (column.align == Align::left) {
      field(common, column.key) = row.cells[c].text;
    } else if (row.remark.empty()) {
      fill_metric(lines.emplace_back(common), table, column, row.cells[c]);
    }
  }
  // A subject is never lost: the one without numbers says why.
  if (lines.empty()) lines.push_back(common);
  for (const Line& line : lines) append_line(out, line);
}

}  // namespace

std::string csv_report(const Report& report) {
  std::string out;
  append_line(out, kHeader);
  for (const Table& table : report.tables) {
    for (const TableRow& row : table.rows) append_row(out, report, table, row);
  }
  if (report.agreement) {
    for (const TableRow& row : report.agreement->rows) append_row(out, report, *report.agreement, row);
  }
  return out;
}

}  // namespace bakeoff
