// How fast the CPUs run just now.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace bakeoff::measure {

/// The mean of `cpus` in MHz, by cpufreq's scaling_cur_freq or, where that is not there, by /proc/cpuinfo. A few file
/// reads. A virtual machine usually names the same figure always. nullopt when it cannot be read.
std::optional<double> frequency_mhz(const std::vector<int>& cpus);

/// The same from the text of /proc/cpuinfo.
std::optional<double> frequency_mhz(std::string_view cpuinfo, const std::vector<int>& cpus);

/// The mean of two readings, at the beginning and the end of what was measured; nullopt where one is missing.
inline std::optional<double> mean_mhz(std::optional<double> begin, std::optional<double> end) {
  return begin && end ? std::optional((*begin + *end) / 2) : std::nullopt;
}

}  // namespace bakeoff::measure
