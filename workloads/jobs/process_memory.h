// How much memory a process and its children hold, and what a unit's share of it is. Jobs do not read it themselves:
// they are given a reader (JobSize::read_memory), because workloads open no files. What many units cost is the
// difference of two readings. The kernel's own parts are totals of the machine, so they mean something for many units
// only.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "workloads/jobs/figure.h"
#include "workloads/shared_memory.h"

namespace bakeoff::workloads::jobs {

/// All in KiB; nullopt where the kernel did not say. Virtual and resident are two columns, never a sum: most of what is
/// mapped is never touched.
struct ProcessMemory {
  std::optional<double> virtual_kib;       ///< Mapped, touched or not. Summed over the processes.
  std::optional<double> resident_kib;      ///< PSS: touched. A page that several processes share counts in parts.
  std::optional<double> kernel_stack_kib;  ///< The kernel's stacks, of the whole machine.
  std::optional<double> page_tables_kib;   ///< Likewise.
  std::optional<double> slab_kib;          ///< Likewise: the kernel's structures for tasks, mappings, ...
};

/// Reads the memory of the process in which the job was made, and of its children. May be called in one of these
/// children. Blocks for about 0.1 ms per process.
using MemoryReader = std::function<ProcessMemory()>;

/// How much more there is now than before; nullopt where either is unknown. Below 0 when something else gave more back.
std::optional<double> growth(const ProcessMemory& without, const ProcessMemory& with,
                             std::optional<double> ProcessMemory::*part);

/// What one unit costs: the difference over `units`. "pss_kib" leads. The kernel's own parts are given for a thousand
/// units or more: those of fewer are lost in what the rest of the machine does meanwhile.
std::vector<NamedFigure> memory_per_unit(const ProcessMemory& without, const ProcessMemory& with, double units);

/// Two readings of one run: without units, and with all of them alive.
class MemoryOfUnits {
 public:
  /// Takes the first reading. Without a reader everything is unknown.
  explicit MemoryOfUnits(MemoryReader read);

  /// Takes the second one. Called by one of the units, in whichever process that is.
  void read_with_units() const;

  const ProcessMemory& without() const { return without_; }
  const ProcessMemory& with() const { return *static_cast<const ProcessMemory*>(shared_.data()); }

 private:
  ProcessMemory read() const { return read_ ? read_() : ProcessMemory(); }

  MemoryReader read_;
  ProcessMemory without_;
  SharedMemory shared_;
};

}  // namespace bakeoff::workloads::jobs
