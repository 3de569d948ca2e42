// Work in milliseconds as rounds (workloads/work.h), once for all candidates: they do the same rounds, whatever they
// are written in.
#pragma once

namespace bakeoff::decide {

/// How many rounds our plain worker does in a millisecond of CPU time on the CPU on which this thread runs: the median
/// of several runs of some milliseconds each. Blocks for about 50 ms.
double measure_rounds_per_ms();

}  // namespace bakeoff::decide
