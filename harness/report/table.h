// Rows in, tables out. Pure: a Table is plain data that every writer shows in its own way (terminal.h, markdown.h,
// json.h), so that all formats say the same.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/journal/manifest.h"
#include "harness/journal/trial.h"
#include "harness/stats/compare.h"

namespace bakeoff::report {

/// What the rows themselves do not say. Everything is optional; orders default to the order of the rows.
struct ReportInfo {
  std::string experiment;
  std::string question;
  std::string baseline;                            ///< "" or a subject without rows: no ratios.
  std::map<std::string, std::string> baselines{};  ///< For the tables that have another one.
  std::string against{};                      ///< The other build, where two were measured side by side; "" otherwise.
  std::optional<double> precision{};          ///< That was wanted, as a share of the ratio.
  std::vector<std::string> subjects;          ///< The order of the tables' rows.
  std::vector<std::string> tables;            ///< The order of the tables.
  std::vector<journal::SweepFacts> sweeps{};  ///< Which of them are points of a sweep.
  std::map<std::string, std::string> families{};     ///< Subject -> its language, or what it is: "models" (families.h).
  std::map<std::string, std::string> like;           ///< Subject -> real systems that made its choice.
  std::map<std::string, std::string> twins{};        ///< Real system -> the model that makes its choice.
  std::map<std::string, std::string> differs{};      ///< Real system -> what it does that its model does not.
  std::map<std::string, std::string> jobs_differ{};  ///< The same of a job.
  std::vector<std::string> foot;                     ///< Lines under the last table: the machine, the build.
};

enum class Align { left, right };

struct Column {
  std::string key;    ///< The key in the JSON document: the field of the row, "cpu_us_per_request".
  std::string title;  ///< With its unit: "CPU us/req".
  std::string unit;   ///< "us/req"; "" for a text or a pure number.
  Align align = Align::right;
  std::string figure{};      ///< What it shows, where several columns show the same and share a unit (column_units.h).
  bool dispensable = false;  ///< It is left out before anything else where there is no room.
  bool spare = false;  ///< It is left out of a table in families where the others then have room beside each other.
};

struct Cell {
  std::string text;                         ///< As shown, without letters, interval or marks. "" when there is nothing.
  std::optional<double> value;              ///< In the column's unit; a ratio in the ratio column.
  std::optional<stats::Interval> interval;  ///< Of a ratio, or of the value in the column's unit.
  std::string letters;                      ///< Cells of this column that share a letter are tied.
  bool best = false;
  bool tied = false;          ///< A ratio whose interval contains 1; shown as "=".
  std::string struck_reason;  ///< Not empty: the number is void, for this reason.
  std::size_t blocks = 0;     ///< Valid values that the median is of; all the void ones when struck out.
  std::string range{};        ///< From the lowest to the highest of these values: "4.01M–4.33M". "": not shown.
};

struct TableRow {
  std::string subject;
  std::vector<Cell> cells;  ///< One per column.
  std::string remark;       ///< Stands where the numbers would, when there are none: "not-run: needs nginx".
  std::string family{};     ///< Of the subject; "" where it is not known.
};

struct Table {
  std::string name;
  std::string baseline;         ///< What ratios are taken to; "" where they are said otherwise.
  std::string caption;          ///< One line: work, load, blocks, window, CPUs, level, date.
  std::vector<Column> columns;  ///< Where the subject alone is left there is no grid to show: notes tell of the rows.
  std::vector<TableRow> rows;
  bool is_summary = false;         ///< Of other tables, whose figures it has again.
  bool by_family = false;          ///< Its rows stand in families, each of which has a heading.
  std::vector<std::string> notes;  ///< What was struck out and why, outcomes, blocks that were valid.
  std::string legend;              ///< What the letters mean; "" without letters. See also marks_legend() (caption.h).
  /// The smallest difference of the leading figure, as a share, that the blocks show nine times of ten.
  std::optional<double> detectable{};
};

struct Report {
  std::string experiment;
  std::string question;
  std::vector<std::string> head;    ///< Lines over the first table.
  std::optional<Table> overview{};  ///< An overview of all tables (overview.h), where there are many.
  /// A table with twins is followed by the table of its twins (twins.h). The points of a sweep follow its table
  /// (sweep_table.h).
  std::vector<Table> tables;
  std::optional<Table> agreement{};  ///< How far models agree with their twins, over all tables.
  std::vector<std::string> foot;
};

/// Where one subject has several attempts in one block, the one with the fewest void metrics counts, or the last of
/// those that are equal. The choice looks at whether a number may be believed, never at what it is. A value is the
/// median over the valid blocks, or over the void ones, struck out, when no block is valid. Trials that died, met a
/// limit or did not run give no numbers; the notes count them. A subject with any outcome other than ok is never marked
/// as the best.
Report build_report(std::span<const journal::Trial> trials, const ReportInfo& info);

/// The table of one name, followed by the table of its twins where there are any. For showing tables as soon as they
/// are complete.
std::vector<Table> build_tables(std::span<const journal::Trial> trials, const std::string& name,
                                const ReportInfo& info);

/// The table of one name only.
Table build_table(std::span<const journal::Trial> trials, const std::string& name, const ReportInfo& info);

}  // namespace bakeoff::report
