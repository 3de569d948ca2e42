// What every plot is: a drawing, and the numbers that it shows.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace bakeoff::report::plots {

/// The numbers behind a drawing, for pgfplots and other programs: a line of columns, and a line of values for each
/// point. What is not known is "nan".
struct PlotData {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

struct Plot {
  std::string name;   ///< Of its file, without an ending: "http-ratios". As file_name_of() gives it.
  std::string title;  ///< A line above it: "http: CPU per request against threads".
  std::string svg;
  PlotData data;
};

/// As a name of a file: whatever is no letter, digit, dot, hyphen or underscore is a hyphen.
std::string file_name_of(const std::string& text);

/// A value of PlotData: six significant digits, or "nan".
std::string data_text(std::optional<double> value);

/// As text that pgfplots reads (`\addplot table {FILE}`): columns between spaces; texts have no spaces.
std::string pgf_table(const PlotData& data);

}  // namespace bakeoff::report::plots
