// A runtime whose heap is full: it says so on standard error, in words that its manifest lists (out_of_memory), and
// ends, or goes on and answers errors. Either is the outcome `limit`, and the detail names the cap. Pure, but for
// Process.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/trial.h"

namespace bakeoff::subjects {

struct Subject;

/// Part of a Command.
struct HeapWords {
  std::vector<std::string> words{};  ///< Empty: the program has none.
  std::string cap{};                 ///< "heap = 16 MiB": what limits it; "its heap" where nobody set a limit.
};

/// Of a foreign subject that is started with these parameters.
HeapWords heap_words_of(const Subject& subject, const journal::Params& params);

/// "heap = 16 MiB: java.lang.OutOfMemoryError: Java heap space": the cap, and the first line of `printed` that has one
/// of the words; "" where no line has. The lines of JSON of PROTOCOLS.md do not count: they name flags.
std::string why_heap_is_full(const HeapWords& heap, std::string_view printed);

}  // namespace bakeoff::subjects
