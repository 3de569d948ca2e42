#include "harness/subjects/interruption.h"

#include <csignal>

namespace bakeoff::subjects {

std::atomic<bool> interrupted{false};

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = true; };
  ::sigaction(SIGINT, &action, nullptr);  // Without SA_RESTART: every wait ends early.
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGHUP, &action, nullptr);
  std::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace bakeoff::subjects
