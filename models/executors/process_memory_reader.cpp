#include "models/executors/process_memory_reader.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::models::executors {
namespace {

using workloads::jobs::ProcessMemory;

/// "Pss:      12 kB": the number behind a name in a file of such lines; nullopt when the name is not there.
std::optional<double> kib_in(const std::string& path, std::string_view name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ':') continue;
    return std::stod(line.substr(name.size() + 1));
  }
  return std::nullopt;
}

/// A process may refuse to tell, or have ended. Then the sum is unknown as well.
void add(std::optional<double>& sum, std::optional<double> more) {
  sum = sum && more ? std::optional(*sum + *more) : std::nullopt;
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

}  // namespace

workloads::jobs::MemoryReader make_process_memory_reader() {
  // Not getpid(): /proc may belong to another PID namespace.
  return [process = std::filesystem::read_symlink("/proc/self").string()] { return read_process_memory(process); };
}

}  // namespace bakeoff::models::executors
