// The unit in which a column of a table is shown, so that its header and its numbers fit together. For the writers that
// people read; JSON and CSV keep the values and the units of the rows. Pure.
//
// The rule: a column has one unit. It is the unit of its figures, or the first larger one in which the largest of its
// numbers is below a thousand: 1.27k below "p99 us" becomes 1.27 below "p99 ms", and the 345 beside it becomes 0.345.
// Columns of the same figure (Column::figure) have the same unit. Where the smallest number would be below 0.1 then,
// each cell has its own unit and the header has none: "9.40 ms" and "5.08 s" below "p99". A number is never followed by
// k where there is a larger unit.
#pragma once

#include <string>
#include <string_view>

#include "harness/report/table.h"

namespace bakeoff::report {

/// The table with the units, titles, values and texts that this rule gives. A column whose cells have their own units
/// has the unit "". Giving it the result changes nothing more.
Table in_fitting_units(Table table);

/// A title without its unit: "p99" of "p99 us", "CPU per req" of "CPU us/req". As it is where it does not contain a
/// unit that changes, or nothing else: "req/s", "KiB/conn".
std::string title_without_unit(const std::string& title, std::string_view unit);

/// A number beside such a title: "11.4 us" of "us/req", "1.01 s" of "ms"; "1.32M" of "/s", which the title still has.
std::string number_with_unit(double number, std::string_view unit);

}  // namespace bakeoff::report
