#include "harness/measure/memory_available.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "harness/measure/cgroup.h"
#include "harness/measure/text_file.h"

namespace bakeoff::measure {
namespace {

namespace fs = std::filesystem;

using Bytes = std::optional<std::uint64_t>;

/// What one cgroup leaves; nullopt where it has no limit: "max" is not a number.
Bytes left_in(const fs::path& cgroup) {
  Bytes limit = read_number(cgroup / "memory.max"), used = read_number(cgroup / "memory.current");
  const char* cache = "inactive_file";
  if (!used) {  // v1, where no limit is a number too large to be one.
    limit = read_number(cgroup / "memory.limit_in_bytes");
    used = read_number(cgroup / "memory.usage_in_bytes");
    cache = "total_inactive_file";
  }
  if (!limit || !used) return std::nullopt;
  // What the kernel would drop first counts as used, and is not.
  const std::string stat = read_text(cgroup / "memory.stat").value_or("");
  const auto droppable = parse_number<std::uint64_t>(value_of(stat, cache).value_or("")).value_or(0);
  const std::uint64_t kept = *used - std::min(*used, droppable);
  return *limit - std::min(*limit, kept);
}

}  // namespace

std::optional<std::uint64_t> available_memory_kib_below(const fs::path& root) {
  const auto look = [&](const char* file) { return read_text(root / file).value_or(""); };
  const std::string meminfo = look("proc/meminfo");
  auto available = parse_number<std::uint64_t>(value_of(meminfo, "MemAvailable:").value_or(""));
  const std::string mountinfo = look("proc/self/mountinfo"), self = look("proc/self/cgroup");
  for (const char* const controller : {"memory", ""}) {
    for (const fs::path& cgroup : cgroups_above(root, mountinfo, self, controller)) {
      if (const Bytes left = left_in(cgroup)) available = std::min(available.value_or(UINT64_MAX), *left / 1024);
    }
  }
  return available;
}

std::optional<std::uint64_t> available_memory_kib() {
  return available_memory_kib_below("/");
}

}  // namespace bakeoff::measure
