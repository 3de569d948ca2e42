// System calls that this system refuses. A container's seccomp profile or an emulator that does not know a call answers
// ENOSYS or EPERM, whatever the kernel below can do: both mean the same, and neither comes of the call's arguments.
//
// What can be done without a newer call is done without it where it is made; what nothing here can be done without is
// looked at once, before anything is started.
#pragma once

#include <string>

namespace bakeoff::measure {

/// Whether a call that failed with this errno, and can fail with neither by itself, was refused.
bool is_refusal(int code) noexcept;

/// One sentence that names the first call which neither the harness nor any model can do without and which is refused,
/// and what it is for; "" when all are allowed. What a profile allows its children have too, so that this goes for the
/// subjects as well. Starts and ends one thread; changes nothing.
std::string refused_call();

}  // namespace bakeoff::measure
