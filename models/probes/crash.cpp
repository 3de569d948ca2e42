// Crash: a unit writes where there is no memory. A thread takes all threads of its process with it; a worker process
// dies alone, and neither the other workers nor the parent notice. The probe runs this in children and counts who is
// left.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <latch>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "models/probes/lifecycle.h"
#include "models/probes/pipe.h"
#include "models/probes/probes.h"
#include "models/shared_array.h"

namespace bakeoff::models::probes {
namespace {

using namespace std::chrono_literals;

void write_where_nothing_is() {
  struct sigaction as_ever {};
  as_ever.sa_handler = SIG_DFL;
  ::sigaction(SIGSEGV, &as_ever, nullptr);
  void* nothing = ::mmap(nullptr, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *static_cast<volatile char*>(nothing) = 1;
}

bool crashed(int status) {
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

struct Survivors {
  bool crashed = false;  ///< The one that was to.
  std::uint64_t begun = 0, left = 0;
};

/// Threads that work: each counts on in memory that the parent sees, every millisecond, until it is ended.
Survivors crash_of_a_thread(std::uint64_t units) {
  constexpr int kNoThread = 3;
  const SharedArray<std::atomic<std::uint64_t>> begun(1), work(units);
  const pid_t child = fork_child([&] {
    std::latch all_there(static_cast<std::ptrdiff_t>(units));
    const auto live = [&](std::uint64_t index) {
      ++begun[0];
      all_there.arrive_and_wait();
      if (index == 0) write_where_nothing_is();
      for (;; std::this_thread::sleep_for(1ms)) ++work[index];
    };
    std::vector<std::jthread> threads;
    try {
      for (std::uint64_t i = 0; i < units; ++i) threads.emplace_back(live, i);
    } catch (const std::system_error&) {
      ::_exit(kNoThread);  // The threads that exist wait for the others.
    }
    return 0;
  });
  wait_unreaped(child);
  Survivors left{.begun = begun[0]};
  std::vector<std::uint64_t> then(units);
  for (std::uint64_t i = 0; i < units; ++i) then[i] = work[i];
  std::this_thread::sleep_for(20ms);
  for (std::uint64_t i = 0; i < units; ++i) left.left += work[i] != then[i] ? 1U : 0U;
  const int status = wait_for(child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNoThread) {
    throw std::runtime_error("the system did not let it have " + std::to_string(units) + " threads");
  }
  left.crashed = crashed(status);
  return left;
}

Survivors crash_of_a_process(std::uint64_t units) {
  Pipe pipe = make_pipe();
  const SharedArray<std::atomic<std::uint64_t>> begun(1);
  std::vector<pid_t> workers;
  for (std::uint64_t i = 0; i < units; ++i) {
    workers.push_back(fork_child([&, i] {
      pipe.write_end.reset();
      ++begun[0];
      char byte = 0;
      if (i == 0) write_where_nothing_is();
      return ::read(pipe.read_end.get(), &byte, 1) == 1 ? 0 : 1;  // A byte is work; the end of the pipe would be none.
    }));
  }
  Survivors left{.crashed = crashed(wait_for(workers[0]))};
  const std::string work(units - 1, '!');
  const bool handed = ::write(pipe.write_end.get(), work.data(), work.size()) == static_cast<ssize_t>(work.size());
  pipe.write_end.reset();
  for (std::uint64_t i = 1; i < units; ++i) {
    if (wait_for(workers[i]) == 0 && handed) ++left.left;
  }
  left.begun = begun[0];
  return left;
}

}  // namespace

ProbeResult probe_crash(const workloads::Settings& settings) {
  const std::uint64_t units = settings.number("units");
  const Survivors threads = crash_of_a_thread(units);
  const Survivors processes = crash_of_a_process(units);
  const std::string of_all = " of " + std::to_string(units);
  ProbeResult result{.figures = {{"threads_left", static_cast<double>(threads.left)},
                                 {"processes_left", static_cast<double>(processes.left)},
                                 {"begun", static_cast<double>(threads.begun)}},
                     .evidence = {"one" + of_all + " threads wrote where no memory is: " +
                                      std::to_string(threads.left) + of_all + " work on, their process is gone",
                                  "one" + of_all + " processes did: " + std::to_string(processes.left) + of_all +
                                      " are left and did the work that they were handed after it; so did their parent"},
                     .units_created = 2 * units,
                     .peak_live_units = units};
  if (!threads.crashed || !processes.crashed || threads.begun != units || processes.begun != units ||
      threads.left != 0 || processes.left != units - 1) {
    result.complaint = "expected no thread and all but one process to be left after a SIGSEGV";
  }
  return result;
}

}  // namespace bakeoff::models::probes
