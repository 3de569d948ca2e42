// Reads how much memory a process and its children hold, from /proc.
#pragma once

#include "workloads/jobs/process_memory.h"

namespace bakeoff::models::executors {

/// A reader for the memory of the calling process and its children. The reader may be called in a child: it still reads
/// the memory of the process that called this function.
workloads::jobs::MemoryReader make_process_memory_reader();

}  // namespace bakeoff::models::executors
