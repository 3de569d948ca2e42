// What probes of new processes have in common: the parent, its memory, and how many children it may have.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "models/probes/spawning.h"
#include "models/probes/touched_memory.h"

namespace bakeoff::models::probes {

inline constexpr workloads::SettingEntry kParentSetting{
    .name = "parent-mib",
    .meaning = "memory that the parent has touched, beside its own few MiB",
    .default_value = "0",
    .most = 4096};
inline constexpr workloads::SettingEntry kHugePagesSetting{.name = "huge-pages",
                                                           .meaning = "whether that memory lies in huge pages",
                                                           .default_value = "no",
                                                           .choices = workloads::kYesOrNo};

/// Children with large page tables take memory, so fewer of them are outstanding: 20 for a parent of 1 GiB, 5 for 4
/// GiB.
inline std::size_t outstanding_of(const workloads::Settings& settings) {
  constexpr std::uint64_t kTotalMib = 20'480;
  const std::uint64_t wanted = settings.number("outstanding"), mib = settings.number("parent-mib");
  return mib == 0 ? wanted : std::min(wanted, std::max<std::uint64_t>(1, kTotalMib / mib));
}

/// Where parent and children run. "same": the calling thread is pinned and children inherit that. "other": both may run
/// on two CPUs and the kernel puts a new child on the idler one, which is the other one as long as no other process
/// uses it. A child cannot be pinned there before it runs: where it began is a figure. Throws std::invalid_argument
/// where there is no other.
void pin_processes(std::string_view place);

/// The whole probe. A Mechanism is constructed from how many children it may have, and from `more`.
template <typename Mechanism, typename... More>
ProbeResult measure_processes(const workloads::Settings& settings, std::string_view place, More... more) {
  const SpawnPlan plan{.outstanding = outstanding_of(settings)};
  const TouchedMemory memory(settings.number("parent-mib"), settings.yes("huge-pages"));
  pin_processes(place);
  Mechanism mechanism(plan.outstanding, more...);
  ProbeResult result = measure_spawning(mechanism, plan);
  result.settings["outstanding"] = std::to_string(plan.outstanding);
  if (settings.yes("huge-pages"))
    result.settings["huge-pages-percent"] = std::to_string(std::lround(memory.huge_percent()));
  return result;
}

}  // namespace bakeoff::models::probes
