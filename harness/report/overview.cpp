#include "harness/report/overview.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/report/cell_format.h"
#include "harness/report/column_units.h"

namespace bakeoff::report {
namespace {

constexpr std::size_t kFewestTables = 4;
constexpr std::string_view kLeading = "cpu_us_per_request";

std::optional<std::size_t> column_index(const Table& table, std::string_view key) {
  const auto found =
      std::find_if(table.columns.begin(), table.columns.end(), [&](const Column& column) { return column.key == key; });
  if (found == table.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - table.columns.begin());
}

/// "not-run", "starved": the remark without its reason, which its own table tells.
std::string brief(const std::string& remark) {
  return remark.substr(0, remark.find_first_of(":,("));
}

}  // namespace

std::optional<Table> overview_of(std::span<const Table> tables) {
  Table overview;
  overview.name = "overview";
  overview.is_summary = true;
  overview.columns.push_back({"subject", "subject", "", Align::left});
  for (const Table& table : tables) {
    const auto place = column_index(table, kLeading);
    if (!place || table.is_summary) continue;
    overview.columns.push_back(
        {table.name, table.name, table.columns[*place].unit, Align::right, std::string(kLeading)});
    for (const TableRow& row : table.rows) {
      auto known = std::find_if(overview.rows.begin(), overview.rows.end(),
                                [&](const TableRow& other) { return other.subject == row.subject; });
      if (known == overview.rows.end()) {
        overview.rows.push_back({.subject = row.subject, .cells = {text_cell(row.subject)}, .remark = {}});
        known = overview.rows.end() - 1;
      }
      known->cells.resize(overview.columns.size() - 1);
      known->cells.push_back(row.remark.empty() ? row.cells[*place] : text_cell(brief(row.remark)));
    }
    if (!table.legend.empty()) {
      overview.legend = table.by_family ? "subjects of a family that share a letter are not told apart"
                                        : "subjects that share a letter are not told apart";
    }
  }
  if (overview.columns.size() < kFewestTables + 1) return std::nullopt;
  for (TableRow& row : overview.rows) row.cells.resize(overview.columns.size());
  // Its columns have no place for a unit, and so the caption names the one that they share.
  overview = in_fitting_units(std::move(overview));
  const std::string& unit = overview.columns.back().unit;
  overview.caption = fmt::format("CPU {} of every table; letters and the best hold within a column",
                                 unit.empty() ? "per request" : unit);
  return overview;
}

}  // namespace bakeoff::report
