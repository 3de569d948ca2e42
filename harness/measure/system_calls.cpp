// Each call is made with arguments that it can do nothing with: allowed, it fails with EBADF or EINVAL.
#include "harness/measure/system_calls.h"

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <thread>

namespace bakeoff::measure {
namespace {

struct Needed {
  long number;
  std::array<long, 4> arguments;  ///< Arguments that the call cannot do anything with.
  const char* name;
  const char* use;
};
constexpr std::array kNeeded{
    Needed{SYS_accept4, {-1, 0, 0, 0}, "accept4", "servers take connections"},
    Needed{SYS_clock_nanosleep, {-1, 0, 0, 0}, "clock_nanosleep", "a window is waited for"},
    Needed{SYS_epoll_create1, {-1, 0, 0, 0}, "epoll_create1", "the load generator waits for replies"},
    Needed{SYS_eventfd2, {0, -1, 0, 0}, "eventfd2", "servers are told to stop"},
    Needed{SYS_pipe2, {0, -1, 0, 0}, "pipe2", "programs are started"},
    Needed{SYS_ppoll, {0, -1, 0, 0}, "ppoll", "servers wait with a time limit"},
    Needed{SYS_prctl, {-1, 0, 0, 0}, "prctl", "a subject ends with the program that measures it"},
    Needed{SYS_prlimit64, {0, -1, 0, 0}, "prlimit64", "the descriptor limit is read"},
    Needed{SYS_sched_setaffinity, {0, 0, 0, 0}, "sched_setaffinity", "subject and load are kept on CPUs of their own"},
    Needed{SYS_timerfd_settime, {-1, 0, 0, 0}, "timerfd_settime", "event loops and fibers keep time"},
};

std::string sentence(const char* name, int code, const char* use) {
  return fmt::format(
      "the system call {} is refused here ({}), by which {}; allow it in the container's seccomp profile", name,
      std::generic_category().message(code), use);
}

/// Why no thread can be started, where that is for a refusal. glibc does without clone3 where it is told ENOSYS.
int thread_refusal() {
  try {
    std::thread([] {}).join();
    return 0;
  } catch (const std::system_error& error) {
    return is_refusal(error.code().value()) ? error.code().value() : 0;
  }
}

}  // namespace

bool is_refusal(int code) noexcept {
  return code == ENOSYS || code == EPERM;
}

std::string refused_call() {
  for (const Needed& call : kNeeded) {
    const auto [first, second, third, fourth] = call.arguments;
    if (::syscall(call.number, first, second, third, fourth) < 0 && is_refusal(errno)) {
      return sentence(call.name, errno, call.use);
    }
  }
  if (const int code = thread_refusal(); code != 0) {
    return sentence("clone3", code, "threads are started (told ENOSYS, they are started without it)");
  }
  return "";
}

}  // namespace bakeoff::measure
