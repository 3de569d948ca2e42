// Names as the design wants them, as pure functions of the text: a namespace per folder, a type name once per program,
// and no helper twice in a folder. They read text and no syntax, and rely on the format that clang-format gives:
// what stands in a namespace begins in the first column.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/layering/rules.h"

namespace bakeoff::layering {

/// "bakeoff::report::load" for a file of harness/report/load, "bakeoff::models::fibers" for one of models/fibers. Tests
/// stand in the namespace of what they test; fixtures, and files at the top of tests/, in bakeoff::test.
std::string namespace_of(std::string_view path);

/// One line for each namespace of the project that a file opens and that is neither its folder's nor a part of that.
std::vector<std::string> misplaced_namespaces(const std::vector<SourceFile>& files);

/// One line for each type that two headers of one program define, whatever their namespaces. The programs are bakeoff
/// (harness and workloads) and bakeoff-subject (models and workloads).
std::vector<std::string> repeated_types(const std::vector<SourceFile>& files);

/// One line for each type, constant or function that two sources of a folder define in their anonymous namespaces: a
/// unity build puts all sources of a folder into one unit, where such names clash or overload each other. Tests are
/// not built so.
std::vector<std::string> clashing_helpers(const std::vector<SourceFile>& files);

}  // namespace bakeoff::layering
