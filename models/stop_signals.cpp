#include "models/stop_signals.h"

#include <csignal>

#include "models/connection.h"

namespace bakeoff::models {
namespace {

const StopSource* signalled_source = nullptr;  // For the signal handler.

}  // namespace

StopSignals::StopSignals(std::initializer_list<int> signals) : signals_(signals) {
  signalled_source = &source_;
  struct sigaction action {};
  action.sa_handler = [](int) {
    request_stop_from_signal();
    signalled_source->request();
  };
  ::sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int signal : signals_) ::sigaction(signal, &action, nullptr);
}

StopSignals::~StopSignals() {
  for (const int signal : signals_) ::signal(signal, SIG_IGN);  // The handler's stop source is about to go.
}

}  // namespace bakeoff::models
