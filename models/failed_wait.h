// The end of a subject whose wait fails, the same for every model: a loop that went on would spin, a thread that threw
// would end in std::terminate(), and a worker that was replaced would fail again and again.
#pragma once

namespace bakeoff::models {

/// The status of a process that has ended so. A parent that finds it in a worker ends too (processes/worker_processes.h).
inline constexpr int kWaitFailed = 71;  // EX_OSERR of sysexits.h; everything else that fails ends with 1.

/// Says "wait failed: CALL: ..." of errno, in one line on stderr, and ends the process at once, whichever thread calls.
/// For what no peer and no limit of the system can bring about.
[[noreturn]] void exit_on_failed_wait(const char* call) noexcept;

}  // namespace bakeoff::models
