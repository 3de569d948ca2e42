#include "harness/measure/netstat.h"

#include "harness/measure/text_file.h"

namespace bakeoff::measure {
namespace {

std::optional<std::uint64_t> rise(const std::optional<std::uint64_t>& before,
                                  const std::optional<std::uint64_t>& after) {
  if (!before || !after || *after < *before) return std::nullopt;
  return *after - *before;
}

}  // namespace

AcceptQueueCounters parse_netstat(std::string_view text) {
  AcceptQueueCounters counters;
  while (!text.empty()) {
    std::string_view names = take_line(text);
    if (take_word(names) != "TcpExt:") continue;
    std::string_view values = take_line(text);
    if (take_word(values) != "TcpExt:") break;
    for (std::string_view name = take_word(names); !name.empty(); name = take_word(names)) {
      const std::string_view value = take_word(values);
      if (name == "ListenOverflows") counters.overflows = parse_number<std::uint64_t>(value);
      if (name == "ListenDrops") counters.drops = parse_number<std::uint64_t>(value);
    }
    break;
  }
  return counters;
}

AcceptQueueCounters read_accept_queue_counters() {
  return parse_netstat(read_text("/proc/net/netstat").value_or(""));
}

AcceptQueueCounters difference(const AcceptQueueCounters& before, const AcceptQueueCounters& after) {
  return {.overflows = rise(before.overflows, after.overflows), .drops = rise(before.drops, after.drops)};
}

}  // namespace bakeoff::measure
