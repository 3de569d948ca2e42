// What everything that forks in this program needs.
#pragma once

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <optional>

namespace bakeoff::models {

/// To be called first in a forked child: from now on the kernel kills it when `parent` dies. False when the parent has
/// died already; then the child must end.
inline bool die_with_parent(pid_t parent) noexcept {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  return ::getppid() == parent;
}

/// Waits until the child has ended, also when signals interrupt that, and reaps it. Its wait status; nullopt, and
/// errno, when there is no such child.
inline std::optional<int> wait_for_child(pid_t child) noexcept {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return std::nullopt;
  }
  return status;
}

}  // namespace bakeoff::models
