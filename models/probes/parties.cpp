#include "models/probes/parties.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "models/child_process.h"

namespace bakeoff::models::probes {
namespace {

constexpr int kFailed = 1;

[[noreturn]] void exit_with_error(const char* why) {
  std::fprintf(stderr, "bakeoff-subject: %s\n", why);
  ::_exit(kFailed);
}

void do_pinned(int cpu, const std::function<void()>& work) try {
  pin_to(cpu);
  work();
} catch (const std::exception& error) {
  exit_with_error(error.what());
}

/// A second party that failed has said why, or was killed. The caller would wait for it for ever.
void on_child_exit(int /*signal*/, siginfo_t* info, void* /*context*/) {
  if (info->si_code == CLD_EXITED && info->si_status == 0) return;
  constexpr std::string_view kKilled = "bakeoff-subject: the second party was killed\n";
  if (info->si_code != CLD_EXITED && ::write(STDERR_FILENO, kKilled.data(), kKilled.size()) < 0) ::_exit(kFailed);
  ::_exit(kFailed);
}

void watch_child_exit(bool on) {
  struct sigaction action {};
  if (on) {
    action.sa_sigaction = on_child_exit;
    action.sa_flags = SA_SIGINFO | SA_RESTART | SA_NOCLDSTOP;
  } else {
    action.sa_handler = SIG_DFL;
  }
  ::sigaction(SIGCHLD, &action, nullptr);
}

}  // namespace

CpuPair choose_cpus(std::string_view place) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0)
    throw std::system_error(errno, std::generic_category(), "sched_getaffinity");
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) cpus.push_back(cpu);
  }
  if (place == "same") return {.here = cpus.at(0), .there = cpus.at(0)};
  if (cpus.size() < 2) throw std::invalid_argument("place=other needs two CPUs, and this process may run on one only");
  return {.here = cpus[0], .there = cpus[1]};
}

void pin_to(int cpu) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  const int error = ::pthread_setaffinity_np(::pthread_self(), sizeof one, &one);
  if (error != 0) throw std::system_error(error, std::generic_category(), "pin to CPU " + std::to_string(cpu));
}

Usage usage_of_this_thread() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  timespec cpu{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
  constexpr double kNsPerSecond = 1e9;
  return {.switches = static_cast<double>(usage.ru_nvcsw + usage.ru_nivcsw),
          .cpu_ns = static_cast<double>(cpu.tv_sec) * kNsPerSecond + static_cast<double>(cpu.tv_nsec)};
}

SecondParty::SecondParty(std::string_view between, int cpu, std::function<void()> work) {
  if (between == "threads") {
    thread_ = std::thread([cpu, work = std::move(work)] { do_pinned(cpu, work); });
    return;
  }
  const pid_t parent = ::getpid();
  watch_child_exit(true);
  child_ = ::fork();
  if (child_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child_ > 0) return;
  watch_child_exit(false);
  if (!die_with_parent(parent)) ::_exit(kFailed);
  do_pinned(cpu, work);
  ::_exit(0);
}

void SecondParty::join() {
  if (thread_.joinable()) thread_.join();
  if (child_ == 0) return;
  wait_for_child(child_);  // Its status is 0: on_child_exit() has seen to any other.
  child_ = 0;
  watch_child_exit(false);
}

SecondParty::~SecondParty() {
  if (thread_.joinable()) {
    // Only while an exception propagates: its text is lost to us, so say what is known.
    exit_with_error("the first of two threads failed while the second waited for it");
  }
  if (child_ == 0) return;
  watch_child_exit(false);
  ::kill(child_, SIGKILL);
  join();
}

}  // namespace bakeoff::models::probes
