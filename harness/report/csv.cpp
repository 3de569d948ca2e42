#include "harness/report/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "harness/report/csv_record.h"

namespace bakeoff::report {
namespace {

using Header = std::vector<std::string>;
using CsvRecord = std::map<std::string, std::string>;  ///< By column.

/// The columns of every report, followed by the further texts that these tables have.
Header header_of(const std::vector<const Table*>& tables) {
  Header header{"experiment", "table", "subject", "like",    "executor", "metric", "unit",   "baseline", "value",
                "low",        "high",  "tied",    "letters", "best",     "void",   "blocks", "remark"};
  const auto has_family = [](const TableRow& row) { return !row.family.empty(); };
  if (std::ranges::any_of(tables, [&](const Table* table) { return std::ranges::any_of(table->rows, has_family); })) {
    header.emplace_back("family");
  }
  for (const Table* table : tables) {
    for (const Column& column : table->columns) {
      if (column.align != Align::left || std::ranges::find(header, column.key) != header.end()) continue;
      header.push_back(column.key);
    }
  }
  return header;
}

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{:.6g}", value) : "";
}

const char* yes_or_no(bool value) {
  return value ? "true" : "false";
}

void fill_metric(CsvRecord& line, const Table& table, const Column& column, const Cell& cell) {
  line["metric"] = column.key;
  line["unit"] = column.unit;
  if (column.key == "ratio") line["baseline"] = table.baseline;
  line["letters"] = cell.letters;
  line["void"] = cell.struck_reason;
  if (!cell.value) return;
  line["value"] = number(*cell.value);
  line["best"] = yes_or_no(cell.best);
  line["blocks"] = std::to_string(cell.blocks);
  if (!cell.interval) return;
  line["low"] = number(cell.interval->low);
  line["high"] = number(cell.interval->high);
  line["tied"] = yes_or_no(cell.tied);
}

void append_fields(std::string& out, const Header& header, const CsvRecord& line) {
  std::vector<std::string> fields;
  fields.reserve(header.size());
  for (const std::string& name : header) {
    const auto found = line.find(name);
    fields.push_back(found == line.end() ? "" : found->second);
  }
  append_csv_record(out, fields);
}

void append_row(std::string& out, const Header& header, const Report& report, const Table& table, const TableRow& row) {
  CsvRecord common;
  common["experiment"] = report.experiment;
  common["table"] = table.name;
  common["remark"] = row.remark;
  common["family"] = row.family;
  const std::size_t columns = std::min(table.columns.size(), row.cells.size());
  for (std::size_t c = 0; c < columns; ++c) {
    if (table.columns[c].align == Align::left) common[table.columns[c].key] = row.cells[c].text;
  }
  std::vector<CsvRecord> lines;
  for (std::size_t c = 0; c < columns; ++c) {
    if (table.columns[c].align == Align::left || !row.remark.empty()) continue;
    fill_metric(lines.emplace_back(common), table, table.columns[c], row.cells[c]);
  }
  // A subject is never lost: the one without numbers says why.
  if (lines.empty()) lines.push_back(common);
  for (const CsvRecord& line : lines) append_fields(out, header, line);
}

}  // namespace

std::string csv_report(const Report& report) {
  std::vector<const Table*> tables;
  for (const Table& table : report.tables) tables.push_back(&table);
  if (report.agreement) tables.push_back(&*report.agreement);
  const Header header = header_of(tables);
  std::string out;
  append_csv_record(out, header);
  for (const Table* table : tables) {
    for (const TableRow& row : table->rows) append_row(out, header, report, *table, row);
  }
  return out;
}

}  // namespace bakeoff::report
