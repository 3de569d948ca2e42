// The pages of `bakeoff report --format html`.
#pragma once

#include "harness/commands/commands.h"
#include "harness/commands/recorded_result.h"

namespace bakeoff::commands {

/// To stdout, or to the file that the options name; with ReportOptions::open to report.html in the result's folder
/// where they name none, and then into a browser. Throws std::runtime_error where a file cannot be written, or no
/// browser is found.
void write_page(const RecordedResult& result, const ReportOptions& options);

/// A page for each folder, report.html in it, and the index of them: index.html in the folder that they have in common,
/// or the file that the options name. Folders without rows are named on stderr and left out.
int write_index(const ReportOptions& options);

}  // namespace bakeoff::commands
