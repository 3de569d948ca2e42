// A report as GitHub-flavoured markdown: the best in bold, void numbers struck out. A paragraph is one line, as lists
// and tables need it; the viewer breaks it.
#pragma once

#include <string>

#include "harness/report/table.h"

namespace bakeoff::report {

std::string markdown_table(const Table& table);
std::string markdown_report(const Report& report);

}  // namespace bakeoff::report
