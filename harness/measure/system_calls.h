// System calls that this system refuses. A container's seccomp profile or an emulator that does not know a call answers
// ENOSYS or EPERM, whatever the kernel below can do: both mean the same, and neither comes of the call's arguments.
//
// A newer call that can be done without is replaced where it is made. The calls that everything here depends on are
// tried once, before anything is started.
#pragma once

#include <string>

namespace bakeoff::measure {

/// Whether a call that failed with this errno was refused. For calls that never fail with ENOSYS or EPERM otherwise.
bool is_refusal(int code) noexcept;

/// One sentence that names the first refused call that neither the harness nor any model can do without, and what it is
/// for; "" when all are allowed. Children inherit a profile, so this goes for the subjects as well. Starts and ends one
/// thread; changes nothing.
std::string refused_call();

}  // namespace bakeoff::measure
