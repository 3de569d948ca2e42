#include "models/processes/loop_worker.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "models/connection.h"

namespace bakeoff::models::processes {
namespace {

const StopSource* stop_source = nullptr;  // For the signal handler.

}  // namespace

StopToken stop_on_sigterm() {
  static const StopSource stop;
  stop_source = &stop;
  ::signal(SIGINT, SIG_IGN);
  struct sigaction action {};
  action.sa_handler = [](int) {
    request_stop_from_signal();
    stop_source->request();
  };
  ::sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  return stop.token();
}

WorkerSlots::WorkerSlots() : file_(::memfd_create("places", MFD_CLOEXEC)) {
  if (!file_) throw std::system_error(errno, std::generic_category(), "make a file for locks (memfd_create)");
}

std::size_t WorkerSlots::claim() const {
  for (std::size_t slot = 0;; ++slot) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_start = static_cast<off_t>(slot);
    lock.l_len = 1;
    if (::fcntl(file_.get(), F_SETLK, &lock) == 0) return slot;
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "lock a worker's place");
    }
  }
}

}  // namespace bakeoff::models::processes
