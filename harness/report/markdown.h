// A report as GitHub-flavoured markdown: the best in bold, void numbers struck out. A paragraph is one line, as lists
// and tables need it; the viewer breaks it.
#pragma once

#include <string>
#include <vector>

#include "harness/report/table.h"

namespace bakeoff::report {

/// Drawings of a table, as files beside the report.
struct TableDrawings {
  std::string table;
  struct Drawing {
    std::string title, file;
  };
  std::vector<Drawing> drawings;
};

std::string markdown_table(const Table& table);
/// Below each table its first drawing, and links to the others.
std::string markdown_report(const Report& report, const std::vector<TableDrawings>& drawings = {});

}  // namespace bakeoff::report
