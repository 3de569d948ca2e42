// What happens when a system call fails to wait, the same for every model: the subject ends. A loop that went on would
// spin, a thread that threw would end in std::terminate(), and the successor of a worker would fail in the same way.
#pragma once

namespace bakeoff::models {

/// The exit status of a process that has ended for this reason. A parent whose worker ends with it ends too
/// (processes/worker_processes.h).
inline constexpr int kWaitFailed = 71;  // EX_OSERR of sysexits.h; everything else that fails ends with 1.

/// Prints "wait failed: CALL: " and the text of errno, one line on stderr, and ends the process at once; any thread may
/// call it. Only for failures that no peer and no limit of the system can cause.
[[noreturn]] void exit_on_failed_wait(const char* call) noexcept;

}  // namespace bakeoff::models
