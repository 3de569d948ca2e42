// refuse_calls ERRNO CALL[,CALL]... PROGRAM ARGUMENT...: runs the program with these system calls refused, for itself
// and for all that it starts, as the seccomp profile of a container does. ERRNO is ENOSYS, EPERM or any other name.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Call {
  std::string_view name;
  std::uint32_t number;
};
constexpr std::array kCalls{
    Call{"accept4", SYS_accept4},
    Call{"clock_nanosleep", SYS_clock_nanosleep},
    Call{"clone3", SYS_clone3},
    Call{"close_range", SYS_close_range},
    Call{"epoll_create1", SYS_epoll_create1},
    Call{"epoll_pwait2", SYS_epoll_pwait2},
    Call{"eventfd2", SYS_eventfd2},
    Call{"getrandom", SYS_getrandom},
    Call{"io_uring_enter", SYS_io_uring_enter},
    Call{"io_uring_register", SYS_io_uring_register},
    Call{"io_uring_setup", SYS_io_uring_setup},
    Call{"memfd_create", SYS_memfd_create},
    Call{"perf_event_open", SYS_perf_event_open},
    Call{"pidfd_open", SYS_pidfd_open},
    Call{"pidfd_send_signal", SYS_pidfd_send_signal},
    Call{"pipe2", SYS_pipe2},
    Call{"ppoll", SYS_ppoll},
    Call{"prctl", SYS_prctl},
    Call{"prlimit64", SYS_prlimit64},
    Call{"rseq", SYS_rseq},
    Call{"sched_setaffinity", SYS_sched_setaffinity},
    Call{"set_robust_list", SYS_set_robust_list},
    Call{"signalfd4", SYS_signalfd4},
    Call{"timerfd_create", SYS_timerfd_create},
    Call{"timerfd_settime", SYS_timerfd_settime},
};

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "refuse_calls does not know this architecture's number (linux/audit.h)"
#endif

std::uint32_t number_of(std::string_view name) {
  const auto* const found =
      std::find_if(kCalls.begin(), kCalls.end(), [&](const Call& call) { return call.name == name; });
  if (found == kCalls.end()) throw std::runtime_error("unknown call: " + std::string(name));
  return found->number;
}

std::uint32_t errno_of(std::string_view name) {
  for (int code = 1; code < 134; ++code) {
    if (const char* const known = ::strerrorname_np(code); known != nullptr && name == known)
      return static_cast<std::uint32_t>(code);
  }
  throw std::runtime_error("unknown errno: " + std::string(name));
}

/// One comparison per call; other architectures' calls have other numbers and pass.
std::vector<sock_filter> filter_of(std::string_view calls, std::uint32_t code) {
  std::vector<sock_filter> filter{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
  while (!calls.empty()) {
    const auto comma = std::min(calls.find(','), calls.size());
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number_of(calls.substr(0, comma)), 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | code));
    calls.remove_prefix(std::min(comma + 1, calls.size()));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  return filter;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 4) throw std::runtime_error("expected ERRNO CALL[,CALL]... PROGRAM ARGUMENT...");
  std::vector<sock_filter> filter = filter_of(argv[2], errno_of(argv[1]));
  sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  // Without new privileges an unprivileged user may do it too.
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    throw std::runtime_error(std::string("seccomp: ") + std::strerror(errno));
  }
  ::execvp(argv[3], argv + 3);
  throw std::runtime_error(std::string(argv[3]) + ": " + std::strerror(errno));
} catch (const std::exception& error) {
  std::fprintf(stderr, "refuse_calls: %s\n", error.what());
  return 125;
}
