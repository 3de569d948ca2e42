#include "models/failed_wait.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mutex>

namespace bakeoff::models {

void exit_on_failed_wait(const char* call) noexcept {
  const int error = errno;
  static std::mutex printed;
  printed.lock();  // Never unlocked: of threads that fail at the same time only one prints.
  std::fprintf(stderr, "bakeoff-subject: wait failed: %s: %s\n", call, std::strerror(error));
  ::_exit(kWaitFailed);
}

}  // namespace bakeoff::models
