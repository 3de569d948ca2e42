// Zombie: a child that has ended stays in the process table, in state Z, until its parent waits for it. A parent that
// ignores SIGCHLD has no zombies: the kernel removes its children at once, and waitpid() finds none.
#include <sys/wait.h>

#include <cerrno>
#include <csignal>

#include "models/probes/lifecycle.h"
#include "models/probes/probes.h"

namespace bakeoff::models::probes {
namespace {

/// Whether a child of a parent that ignores SIGCHLD disappears by itself.
bool forgotten_by_itself() {
  struct sigaction ignored {};
  ignored.sa_handler = SIG_IGN;
  struct sigaction before {};
  ::sigaction(SIGCHLD, &ignored, &before);
  const pid_t child = fork_child([] { return 0; });
  pid_t waited = 0;
  // It returns when the child has ended, and reports none.
  do waited = ::waitpid(child, nullptr, 0);
  while (waited < 0 && errno == EINTR);
  const bool no_child = waited < 0 && errno == ECHILD;
  ::sigaction(SIGCHLD, &before, nullptr);
  return no_child && state_of(child) == '-';
}

}  // namespace

ProbeResult probe_zombie(const workloads::Settings& /*settings*/) {
  const pid_t child = fork_child([] { return 0; });
  wait_unreaped(child);
  const char ended = state_of(child);
  wait_for(child);
  const char reaped = state_of(child);
  const bool forgotten = forgotten_by_itself();

  ProbeResult result{.units_created = 2, .peak_live_units = 1};
  add_demonstrations(
      result,
      {{.name = "zombie_until_waited_for",
        .observed = ended == 'Z',
        .expected = true,
        .sentence = std::string("a child has ended and its parent has not waited for it: its state is ") + ended},
       {.name = "left_after_wait",
        .observed = reaped != '-',
        .expected = false,
        .sentence = std::string("its parent has waited for it: ") +
                    (reaped == '-' ? "there is no such process any more" : "it is still there")},
       {.name = "forgotten_when_ignored",
        .observed = forgotten,
        .expected = true,
        .sentence = std::string("SIGCHLD is ignored: a child that has ended is ") +
                    (forgotten ? "gone at once, and waiting for it finds no child" : "not gone by itself")}});
  return result;
}

}  // namespace bakeoff::models::probes
