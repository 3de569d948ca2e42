// One record of CSV as RFC 4180 has it: its line ends with CR LF, and a field with a comma, a quote or a line's end
// stands in quotes.
#pragma once

#include <span>
#include <string>

namespace bakeoff::report {

void append_csv_record(std::string& out, std::span<const std::string> fields);

}  // namespace bakeoff::report
