#include "workloads/jobs/process_memory.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

namespace bakeoff::workloads::jobs {
namespace {

/// "Pss:      12 kB": the number behind a name in a file of such lines; nullopt when it is not there.
std::optional<double> kib_in(const std::string& path, std::string_view name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ':') continue;
    return std::stod(line.substr(name.size() + 1));
  }
  return std::nullopt;
}

/// Of several processes, of which one may not tell, or have gone: then the sum is not known either.
void add(std::optional<double>& sum, std::optional<double> more) {
  sum = sum && more ? std::optional(*sum + *more) : std::nullopt;
}

}  // namespace

std::string own_process() {
  return std::filesystem::read_symlink("/proc/self").string();
}

ProcessMemory read_process_memory(const std::string& process) {
  ProcessMemory reading;
  reading.virtual_kib = reading.resident_kib = 0;
  std::vector<std::string> processes{process};
  std::ifstream children("/proc/" + process + "/task/" + process + "/children");
  for (std::string child; children >> child;) processes.push_back(child);
  for (const std::string& each : processes) {
    add(reading.virtual_kib, kib_in("/proc/" + each + "/status", "VmSize"));
    add(reading.resident_kib, kib_in("/proc/" + each + "/smaps_rollup", "Pss"));
  }
  reading.kernel_stack_kib = kib_in("/proc/meminfo", "KernelStack");
  reading.page_tables_kib = kib_in("/proc/meminfo", "PageTables");
  reading.slab_kib = kib_in("/proc/meminfo", "Slab");
  return reading;
}

std::optional<double> growth(const ProcessMemory& without, const ProcessMemory& with,
                            std::optional<double> ProcessMemory::*part) {
  if (!(without.*part) || !(with.*part)) return std::nullopt;
  return *(with.*part) - *(without.*part);
}

std::vector<NamedFigure> memory_per_unit(const ProcessMemory& without, const ProcessMemory& with, double units) {
  constexpr double kCrowd = 1000;
  std::vector<NamedFigure> figures;
  const auto add = [&](const char* name, std::optional<double> ProcessMemory::*part) {
    if (const auto all = growth(without, with, part)) figures.push_back({name, *all / units});
  };
  add("pss_kib", &ProcessMemory::resident_kib);
  add("virtual_kib", &ProcessMemory::virtual_kib);
  if (units < kCrowd) return figures;
  add("kernel_stack_kib", &ProcessMemory::kernel_stack_kib);
  add("page_tables_kib", &ProcessMemory::page_tables_kib);
  add("slab_kib", &ProcessMemory::slab_kib);
  return figures;
}

}  // namespace bakeoff::workloads::jobs
