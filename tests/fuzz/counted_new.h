// operator new and delete of a test program, replaced: what is taken is counted, and a chosen allocation fails. For
// programs whose code under test runs on one thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bakeoff::fuzz {

/// Taken by operator new and not given back, now and at the most since forget_peak().
std::size_t live_bytes();
std::size_t peak_bytes();
void forget_peak();
/// The same as a number of allocations, now; and how many there ever were.
std::int64_t live_allocations();
std::uint64_t allocations();

/// The allocation number `nth` from here on, the first being 1, throws std::bad_alloc; the nothrow forms give nullptr.
/// 0: none fails.
void fail_allocation(std::uint64_t nth);
/// Whether that allocation has been asked for.
bool has_failed();

}  // namespace bakeoff::fuzz
