// The arrows of the design as a pure function: what a folder may know, and how long a file may be. Reads text only, so
// that the rules can be tried on examples that break them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::layering {

struct SourceFile {
  std::string path;  ///< From the root of the repository: "workloads/echo.cpp".
  std::string text;
};

/// One line for each rule that is broken, with file and line; empty when all is well.
std::vector<std::string> layering_violations(const std::vector<SourceFile>& files);

/// Paths of this repository that a page names in backquotes or as the target of a link, and that `exists` denies.
/// One line each. A word counts as a path when it begins with one of our folders or ends in a file name of the root;
/// words with placeholders (<, *, NAME) do not.
std::vector<std::string> missing_files(const SourceFile& page, const std::function<bool(std::string_view)>& exists);

}  // namespace bakeoff::layering
