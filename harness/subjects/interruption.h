// The user's wish to stop (Ctrl-C, SIGTERM): a flag that every wait of the harness looks at, and the exception by which
// a trial is left.
#pragma once

#include <atomic>
#include <stdexcept>

namespace bakeoff::subjects {

/// True once the user asked the program to stop. Set by a signal handler; every wait of the harness ends early then.
extern std::atomic<bool> interrupted;

/// Leaves a trial, whose destructors end and reap every child.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

/// From here on SIGINT, SIGTERM and SIGHUP set `interrupted` and end the system call that they meet. A write beyond the
/// limit on file sizes fails like one on a full disk.
void catch_interrupts();

}  // namespace bakeoff::subjects
