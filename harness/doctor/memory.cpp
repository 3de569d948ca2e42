// Memory: how much, in which pages, in how many pieces.
#include <fmt/format.h>

#include "harness/doctor/topics.h"

#include "harness/doctor/finding_list.h"
#include "harness/doctor/root_commands.h"

namespace bakeoff::doctor {
namespace {

constexpr std::uint64_t kKibPerGib = 1024 * 1024;
constexpr std::uint64_t kEnoughKib = 4 * kKibPerGib;  // 100,000 connections, both ends of them.
constexpr std::uint64_t kManyMaps = 262'144;

std::string gib(std::uint64_t kib) {
  return fmt::format("{:.1f} GiB", static_cast<double>(kib) / kKibPerGib);
}

}  // namespace

std::vector<DoctorFinding> memory_findings(const DoctorFacts& facts) {
  Findings findings("memory");
  const measure::MachineFacts& machine = facts.machine;
  const std::string why_size =
      "the kernel holds 4 to 107 KiB per connection, and models with a process per connection 53 KiB more: experiments "
      "with very many connections end when the memory is used up";
  if (!machine.memory_kib) {
    findings.not_visible("size", why_size);
  } else if (*machine.memory_kib < kEnoughKib) {
    findings.note("size", gib(*machine.memory_kib), why_size);
  } else {
    findings.good("size", gib(*machine.memory_kib));
  }

  const auto limit = machine.limits.cgroup_memory_max;
  const std::string why_limit = "a subject that meets the limit of the cgroup is killed in the middle of its trial";
  if (!limit) {
    findings.not_visible("cgroup_limit", why_limit);
  } else if (*limit != UINT64_MAX && *limit / 1024 < machine.memory_kib.value_or(UINT64_MAX)) {
    findings.note("cgroup_limit", gib(*limit / 1024), why_limit + "; start the container with more (--memory)");
  } else {
    findings.good("cgroup_limit", "none below the machine's memory");
  }

  const std::string& huge = machine.transparent_hugepages;
  const std::string why_huge =
      "stacks and heaps grow by 2 MiB at a time: models with many units look larger than they are, and the kernel "
      "pauses them while it puts pages together";
  if (huge.empty()) {
    findings.not_visible("transparent_hugepages", why_huge);
  } else if (huge == "always") {
    findings.note("transparent_hugepages", huge, why_huge,
                  write_as_root(facts, "madvise", "/sys/kernel/mm/transparent_hugepage/enabled"));
  } else {
    findings.good("transparent_hugepages", huge);
  }

  const auto maps = machine.limits.max_map_count;
  const std::string why_maps =
      "a stack with its guard page takes two maps, so that half as many threads or fibers fit into one process";
  if (!maps) {
    findings.not_visible("max_map_count", why_maps);
  } else if (*maps < kManyMaps) {
    findings.note("max_map_count", count_in_words(*maps), why_maps,
                  sysctl(facts, "vm.max_map_count", std::to_string(kManyMaps)));
  } else {
    findings.good("max_map_count", count_in_words(*maps));
  }
  return findings.take();
}

}  // namespace bakeoff::doctor
