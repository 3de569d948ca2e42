#include "harness/report/json.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace bakeoff::report {
namespace {

using Json = nlohmann::ordered_json;

// Six significant digits: more than any of them is known to, and the same with every mathematical library.
double rounded(double value) {
  return std::strtod(fmt::format("{:.6g}", value).c_str(), nullptr);
}

// Only what is there: a cell without a value has no "value".
Json cell_json(const Cell& cell) {
  Json json = Json::object();
  if (cell.value && std::isfinite(*cell.value)) json["value"] = rounded(*cell.value);
  if (!cell.text.empty()) json["text"] = cell.text;
  if (cell.interval) {
    json["low"] = rounded(cell.interval->low);
    json["high"] = rounded(cell.interval->high);
    json["tied"] = cell.tied;
  }
  if (!cell.letters.empty()) json["letters"] = cell.letters;
  if (cell.best) json["best"] = true;
  if (!cell.struck_reason.empty()) json["void"] = cell.struck_reason;
  if (cell.value) json["blocks"] = cell.blocks;
  return json;
}

Json row_json(const Table& table, const TableRow& row) {
  Json json = Json::object();
  Json cells = Json::object();
  for (std::size_t c = 0; c < row.cells.size() && c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    if (column.align == Align::left) {
      if (!row.cells[c].text.empty()) json[column.key] = row.cells[c].text;
    } else if (const Json cell = cell_json(row.cells[c]); !cell.empty()) {
      cells[column.key] = cell;
    }
  }
  if (!row.family.empty()) json["family"] = row.family;
  if (!row.remark.empty()) json["remark"] = row.remark;
  json["cells"] = std::move(cells);
  return json;
}

Json table_json(const Table& table) {
  Json json = Json::object();
  json["name"] = table.name;
  json["caption"] = table.caption;
  if (!table.baseline.empty()) json["baseline"] = table.baseline;
  Json columns = Json::array();
  for (const Column& column : table.columns) {
    Json one = {{"key", column.key}, {"title", column.title}};
    if (!column.unit.empty()) one["unit"] = column.unit;
    columns.push_back(std::move(one));
  }
  json["columns"] = std::move(columns);
  Json rows = Json::array();
  for (const TableRow& row : table.rows) rows.push_back(row_json(table, row));
  json["rows"] = std::move(rows);
  json["notes"] = table.notes;
  if (!table.legend.empty()) json["legend"] = table.legend;
  if (table.detectable) json["visible_difference"] = rounded(*table.detectable);
  return json;
}

}  // namespace

std::string json_report(const Report& report) {
  Json json = Json::object();
  json["experiment"] = report.experiment;
  if (!report.question.empty()) json["question"] = report.question;
  if (!report.head.empty()) json["head"] = report.head;
  Json tables = Json::array();
  for (const Table& table : report.tables) tables.push_back(table_json(table));
  json["tables"] = std::move(tables);
  if (report.agreement) json["agreement"] = table_json(*report.agreement);
  json["foot"] = report.foot;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bakeoff::report
