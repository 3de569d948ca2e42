// Which system calls a subject makes per request, counted by strace. They explain why two servers that make the same
// choice differ in price. Tracing slows a server down several times, so its figures are counts and not times.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/experiment/spec.h"
#include "harness/journal/trial.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

struct SyscallCount {
  std::uint64_t requests = 0;                  ///< Answered while it was traced.
  std::map<std::string, std::uint64_t> calls;  ///< By name, of all its processes and threads.
};

/// Runs one trial of the row with strace attached for its window. Blocks for the length of the trial. Throws
/// SubjectError or LoadError where the trial fails, std::runtime_error in one line where nothing can be traced.
SyscallCount count_syscalls(const journal::Trial& row, const TableSpec& table, const subjects::Subject& subject);

/// Reads the text of `strace -c -U name,calls`. Lines without a count are skipped.
std::map<std::string, std::uint64_t> parse_strace_summary(std::string_view text);

}  // namespace bakeoff::experiment
