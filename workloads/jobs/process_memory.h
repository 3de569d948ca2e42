// How much memory a process and its children hold, as the kernel tells it. What a crowd of units costs is the
// difference of two readings; the kernel's own parts are of the whole machine, so that they mean something for a crowd
// only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workloads/jobs/figure.h"

namespace bakeoff::workloads::jobs {

/// All in KiB; nullopt is what the kernel did not tell. Virtual and resident are two columns, never a sum: most of what
/// is mapped is never touched.
struct ProcessMemory {
  std::optional<double> virtual_kib;       ///< VmSize: mapped, touched or not. Summed over the processes.
  std::optional<double> resident_kib;      ///< PSS: touched; a page that several share counts in parts (smaps_rollup).
  std::optional<double> kernel_stack_kib;  ///< KernelStack of /proc/meminfo.
  std::optional<double> page_tables_kib;   ///< PageTables, likewise.
  std::optional<double> slab_kib;          ///< Slab, likewise: the kernel's structures for tasks, mappings, ...
};

/// The calling process, as a word in /proc.
std::string own_process();

/// Of `process` and its children. About 0.1 ms a process.
ProcessMemory read_process_memory(const std::string& process);

/// What is there now and was not before; nullopt where either was not told. Below 0 when something else gave more back.
std::optional<double> growth(const ProcessMemory& without, const ProcessMemory& with,
                            std::optional<double> ProcessMemory::*part);

/// What a unit costs: the difference over `units`. "pss_kib" leads. The kernel's own parts only for a thousand units or
/// more: fewer are lost in what the rest of the machine does meanwhile.
std::vector<NamedFigure> memory_per_unit(const ProcessMemory& without, const ProcessMemory& with, double units);

}  // namespace bakeoff::workloads::jobs
