#include "workloads/jobs/process_memory.h"

#include <new>
#include <utility>

namespace bakeoff::workloads::jobs {

std::optional<double> growth(const ProcessMemory& without, const ProcessMemory& with,
                             std::optional<double> ProcessMemory::*part) {
  if (!(without.*part) || !(with.*part)) return std::nullopt;
  return *(with.*part) - *(without.*part);
}

std::vector<NamedFigure> memory_per_unit(const ProcessMemory& without, const ProcessMemory& with, double units) {
  constexpr double kManyUnits = 1000;
  std::vector<NamedFigure> figures;
  const auto add = [&](const char* name, std::optional<double> ProcessMemory::*part) {
    if (const auto all = growth(without, with, part)) figures.push_back({name, *all / units});
  };
  add("pss_kib", &ProcessMemory::resident_kib);
  add("virtual_kib", &ProcessMemory::virtual_kib);
  if (units < kManyUnits) return figures;
  add("kernel_stack_kib", &ProcessMemory::kernel_stack_kib);
  add("page_tables_kib", &ProcessMemory::page_tables_kib);
  add("slab_kib", &ProcessMemory::slab_kib);
  return figures;
}

MemoryOfUnits::MemoryOfUnits(MemoryReader read_memory) : read_(std::move(read_memory)), shared_(sizeof(ProcessMemory)) {
  new (shared_.data()) ProcessMemory;
  read();  // What reading allocates is to be there in both readings.
  without_ = read();
}

void MemoryOfUnits::read_with_units() const {
  *static_cast<ProcessMemory*>(shared_.data()) = read();
}

}  // namespace bakeoff::workloads::jobs
