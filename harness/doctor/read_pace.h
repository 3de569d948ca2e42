// Whether equal pieces of work take equal CPU time. Where they do not, something takes the CPU away without the
// kernel's knowing: a hypervisor that does not report steal, or a neighbour on the same core.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/doctor/facts.h"

namespace bakeoff::doctor {

/// `pieces_ns` are the CPU times of equal pieces of work. Pure.
PaceFacts pace_of(std::span<const std::uint64_t> pieces_ns);

/// The CPU times of pieces of some tenths of a millisecond, which the calling thread works through for a second on the
/// CPU that it is on. Other programs on that CPU do not count: the kernel takes their time out of the thread's.
std::vector<std::uint64_t> work_in_pieces();

}  // namespace bakeoff::doctor
