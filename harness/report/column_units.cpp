#include "harness/report/column_units.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "harness/report/number_format.h"

namespace bakeoff::report {
namespace {

/// A smaller number is easier to read in a smaller unit.
constexpr double kSmallestShown = 0.1;

/// Whether a word of the title begins at `at` and ends before `end`.
bool is_whole_word(std::string_view title, std::size_t at, std::size_t end) {
  return (at == 0 || title[at - 1] == ' ') && (end == title.size() || title[end] == ' ' || title[end] == ':');
}

/// The title with another unit in the place of its own; with "" that place is closed up.
std::string with_other_unit(std::string title, std::string_view unit, std::string_view other) {
  std::size_t at = title.find(unit);
  while (at != std::string::npos && !is_whole_word(title, at, at + unit.size())) at = title.find(unit, at + 1);
  if (unit.empty() || at == std::string::npos) return title;
  const bool closes_up = other.empty() && at > 0;
  return title.replace(at - (closes_up ? 1 : 0), unit.size() + (closes_up ? 1 : 0), other);
}

/// "per req" of "us/req", "" of "us".
std::string per_what(std::string_view unit) {
  const std::size_t slash = unit.find('/');
  return slash == std::string_view::npos ? "" : "per " + std::string(unit.substr(slash + 1));
}

/// The numbers of all columns that are shown in one unit.
std::vector<double> numbers_of(const Table& table, const std::vector<std::size_t>& columns) {
  std::vector<double> numbers;
  for (const TableRow& row : table.rows) {
    for (const std::size_t c : columns) {
      const std::optional<double> value = c < row.cells.size() ? row.cells[c].value : std::nullopt;
      if (value && std::isfinite(*value)) numbers.push_back(std::abs(*value));
    }
  }
  return numbers;
}

/// The unit of a column with these numbers; nullopt where each needs its own.
std::optional<FittingUnit> common_unit(std::string_view unit, const std::vector<double>& numbers) {
  FittingUnit common = fitting_unit(unit, numbers.empty() ? 0 : std::ranges::max(numbers));
  if (common.size == 1) return common;
  const bool any_vanishes =
      std::ranges::any_of(numbers, [&](double number) { return number > 0 && number / common.size < kSmallestShown; });
  return any_vanishes ? std::nullopt : std::optional(common);
}

void show_in(Table& table, std::size_t column, const std::optional<FittingUnit>& common) {
  const std::string unit = table.columns[column].unit;
  for (TableRow& row : table.rows) {
    if (column >= row.cells.size() || !row.cells[column].value) continue;
    Cell& cell = row.cells[column];
    if (cell.interval) {
      const double size = common ? common->size : fitting_unit(unit, *cell.value).size;
      cell.interval = stats::Interval{cell.interval->low / size, cell.interval->high / size};
    }
    if (common) {
      *cell.value /= common->size;
      cell.text = format_beside_unit(*cell.value);
    } else {
      cell.text = *cell.value == 0 ? "0" : number_with_unit(*cell.value, unit);
    }
  }
  table.columns[column].title =
      with_other_unit(table.columns[column].title, unit, common ? common->name : per_what(unit));
  table.columns[column].unit = common ? common->name : "";
}

}  // namespace

Table in_fitting_units(Table table) {
  std::vector<bool> done(table.columns.size());
  for (std::size_t first = 0; first < table.columns.size(); ++first) {
    if (done[first] || !is_scalable(table.columns[first].unit)) continue;
    std::vector<std::size_t> together;
    for (std::size_t c = first; c < table.columns.size(); ++c) {
      const bool same = table.columns[c].figure == table.columns[first].figure && !table.columns[c].figure.empty() &&
                        table.columns[c].unit == table.columns[first].unit;
      if (c == first || same) together.push_back(c);
    }
    const auto common = common_unit(table.columns[first].unit, numbers_of(table, together));
    for (const std::size_t c : together) {
      show_in(table, c, common);
      done[c] = true;
    }
  }
  return table;
}

std::string title_without_unit(const std::string& title, std::string_view unit) {
  return !is_scalable(unit) || title == unit ? title : with_other_unit(title, unit, per_what(unit));
}

std::string number_with_unit(double number, std::string_view unit) {
  return is_scalable(unit) ? format_with_unit(number, unit.substr(0, unit.find('/'))) : format_number(number);
}

}  // namespace bakeoff::report
