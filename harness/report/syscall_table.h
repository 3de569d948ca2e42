// The table of `bakeoff syscalls`: which system calls each subject makes per request, side by side.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/report/table.h"

namespace bakeoff::report {

/// By name, the calls per request of one subject.
using CallsPerRequest = std::map<std::string, double>;

/// One row per call, the most frequent of any subject first. Rare calls are summed up in a row "others", and all calls
/// in a row "all". `counts` has one entry per subject.
Table syscall_table(const std::vector<std::string>& subjects, const std::vector<CallsPerRequest>& counts,
                    const std::string& caption);

}  // namespace bakeoff::report
