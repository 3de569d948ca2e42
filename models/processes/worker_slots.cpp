#include "models/processes/worker_slots.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <system_error>

namespace bakeoff::models::processes {

WorkerSlots::WorkerSlots() : file_(::memfd_create("worker-slots", MFD_CLOEXEC)) {
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
