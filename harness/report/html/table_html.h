// A table as HTML, which is whole without the script.
#pragma once

#include <string>

#include "harness/report/table.h"

namespace bakeoff::report::html {

/// The heading, the caption, `above` (HTML), the controls, the grid, the legend and the notes.
std::string table_html(const Table& table, const std::string& id, const std::string& above = "");

}  // namespace bakeoff::report::html
