#include "harness/subjects/full_heap.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/measure/plain_text.h"
#include "harness/subjects/subject.h"

namespace bakeoff::subjects {
namespace {

constexpr std::size_t kLongestLine = 200;

}  // namespace

HeapWords heap_words_of(const Subject& subject, const journal::Params& params) {
  HeapWords heap{.words = subject.foreign->out_of_memory};
  std::vector<std::string> caps;
  if (const auto set = subject.set.find("heap"); set != subject.set.end()) {
    caps.push_back(fmt::format("heap = {} MiB", set->second));
  }
  if (params.heap_mib) caps.push_back(fmt::format("heap_mib = {} MiB", *params.heap_mib));
  if (params.memory_mib) caps.push_back(fmt::format("memory_mib = {} MiB", *params.memory_mib));
  heap.cap = caps.empty() ? "its heap" : fmt::format("{}", fmt::join(caps, ", "));
  return heap;
}

std::string why_heap_is_full(const HeapWords& heap, std::string_view printed) {
  for (std::size_t begin = 0; begin < printed.size();) {
    const std::size_t end = std::min(printed.find('\n', begin), printed.size());
    const std::string_view line = printed.substr(begin, end - begin);
    const auto says = [&](const std::string& word) { return !word.empty() && line.find(word) != line.npos; };
    // Its own JSON lines name flags: ExitOnOutOfMemoryError.
    if (!line.starts_with('{') && std::ranges::any_of(heap.words, says)) {
      return fmt::format("{}: {}", heap.cap, measure::plain_line(std::string(line.substr(0, kLongestLine))));
    }
    begin = end + 1;
  }
  return "";
}

}  // namespace bakeoff::subjects
