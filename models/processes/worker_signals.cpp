#include "models/processes/worker_signals.h"

#include <csignal>

#include "models/connection.h"

namespace bakeoff::models::processes {
namespace {

/// Lets in what fork_worker() had blocked, now that the worker's own handlers are installed.
void unblock_signals() {
  ::signal(SIGINT, SIG_IGN);
  ::sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

void install_blocking_worker_signals() {
  struct sigaction action {};  // Without SA_RESTART.
  action.sa_handler = [](int) { request_stop_from_signal(); };
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = [](int) {};
  ::sigaction(SIGUSR1, &action, nullptr);
  unblock_signals();
}

LoopWorkerSignals::LoopWorkerSignals() : stop_({SIGTERM}) {
  unblock_signals();
}

}  // namespace bakeoff::models::processes
