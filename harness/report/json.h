// A report as one JSON document; the keys of the cells are the fields of a row (results/README.md). Numbers
// have six significant digits; the rows have all of them. Values, texts and titles have the units of the rows, whatever
// the writers for people choose (column_units.h).
#pragma once

#include <string>

#include "harness/report/table.h"

namespace bakeoff::report {

std::string json_report(const Report& report);

}  // namespace bakeoff::report
