#include "harness/measure/frequency.h"

#include <algorithm>
#include <filesystem>

#include "harness/measure/text_file.h"

namespace bakeoff::measure {
namespace {

/// "model name\t: x" -> key "model name", value "x".
struct Entry {
  std::string_view key, value;
};
Entry entry_of(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  return {trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1))};
}

std::optional<double> mean(double sum, std::size_t count, std::size_t wanted) {
  return count != 0 && count == wanted ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
}

}  // namespace

std::optional<double> frequency_mhz(std::string_view cpuinfo, const std::vector<int>& cpus) {
  double sum = 0;
  std::size_t count = 0;
  bool wanted = false;
  while (!cpuinfo.empty()) {
    const Entry entry = entry_of(take_line(cpuinfo));
    if (entry.key == "processor") {
      const auto cpu = parse_number<int>(entry.value);
      wanted = cpu && std::find(cpus.begin(), cpus.end(), *cpu) != cpus.end();
    } else if (wanted && entry.key == "cpu MHz") {
      const auto mhz = parse_number<double>(entry.value);
      if (!mhz) return std::nullopt;
      sum += *mhz;
      ++count;
    }
  }
  return mean(sum, count, cpus.size());
}

std::optional<double> frequency_mhz(const std::vector<int>& cpus) {
  double sum = 0;
  std::size_t count = 0;
  for (const int cpu : cpus) {
    const std::filesystem::path policy = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cpufreq";
    const auto text = read_text(policy / "scaling_cur_freq");
    const auto khz = text ? parse_number<double>(*text) : std::nullopt;
    if (!khz) break;
    sum += *khz / 1000;
    ++count;
  }
  if (const auto found = mean(sum, count, cpus.size())) return found;
  return frequency_mhz(read_text("/proc/cpuinfo").value_or(""), cpus);
}

}  // namespace bakeoff::measure
