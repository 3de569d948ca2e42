// States: what the kernel says a process and a thread are doing, as the letter that ps shows. The textbooks' "ready"
// and "running" are one letter, R: which of the tasks that could run has a CPU is not in it. That a task waits for its
// turn shows in its run delay. "Blocked" is S, also for a thread whose process computes on. A process that was stopped
// is T, and one that has ended and whose parent has not waited for it is Z.
//
// Beside it: which numbers the tasks have. A process is its threads: they have one pid, and each a tid of its own.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "models/probes/futex.h"
#include "models/probes/lifecycle.h"
#include "models/probes/parties.h"
#include "models/probes/pipe.h"
#include "models/probes/probes.h"
#include "models/probes/tasks.h"
#include "models/shared_array.h"

namespace bakeoff::models::probes {
namespace {

using namespace std::chrono_literals;

/// How often the state of something that computes is looked at, and how far apart that is.
constexpr int kLooks = 20;
constexpr auto kBetweenLooks = 5ms;

/// What a thread of this process is, for others to see.
struct ThreadIds {
  std::atomic<pid_t> pid{0}, tid{0};  // The tid last.

  void tell() {
    pid = ::getpid();
    tid = ::gettid();
    tid.notify_one();
  }
  void await() const { tid.wait(0); }
};

int compute_until_killed(const char* name, int cpu, std::atomic<bool>& begun) {
  name_this_thread(name);
  pin_to(cpu);
  begun = true;
  for (volatile std::uint64_t sum = 0;;) sum = sum + 1;
}

int wait_for_a_byte(const char* name, const Descriptor& pipe_end) {
  name_this_thread(name);
  char byte = 0;
  return ::read(pipe_end.get(), &byte, 1) == 1 ? 0 : 1;
}

std::string shown(const std::optional<Task>& task) {
  return task ? "ps -L shows (PID TID S COMMAND) " + ps_line(*task) : "ps shows nothing";
}

bool is(const std::optional<Task>& task, char state) {
  return task && task->state == state;
}

/// A process and a thread that are in the same situation.
Demonstration of_both(const std::string& name, char expected, const std::string& situation,
                      const std::optional<Task>& process, const std::optional<Task>& thread) {
  return {.name = name,
          .observed = is(process, expected) && is(thread, expected),
          .expected = true,
          .sentence = "a process " + situation + ": " + shown(process) + "; a thread does: " + shown(thread)};
}

/// Looks at two children that both want the same CPU.
Demonstration look_at_turns(pid_t one, pid_t other) {
  const auto delay = [](pid_t pid) { return run_delay_ns(pid, pid).value_or(0); };
  const std::array before{delay(one), delay(other)};
  int both = 0;
  for (int i = 0; i < kLooks; ++i, std::this_thread::sleep_for(kBetweenLooks)) {
    if (is(read_task(one, one), 'R') && is(read_task(other, other), 'R')) ++both;
  }
  constexpr std::uint64_t kNsPerMs = 1'000'000;
  const std::uint64_t waited = (delay(one) - before[0] + delay(other) - before[1]) / kNsPerMs;
  const bool counted = run_delay_ns(one, one).has_value();
  return {.name = "waiting_its_turn_is_running_too",
          .observed = both > kLooks / 2 && (!counted || waited > 0),
          .expected = true,
          .sentence = "two processes compute on one CPU: in " + std::to_string(both) + " of " + std::to_string(kLooks) +
                      " looks both were R, though only one can have had the CPU; " +
                      (counted ? "meanwhile one or the other waited for it for " + std::to_string(waited) + " ms"
                               : "the kernel does not count how long the other waited")};
}

/// Makes a child stop, and looks. It is stopped still.
std::optional<Task> stop(pid_t child) {
  ::kill(child, SIGSTOP);
  int status = 0;
  while (::waitpid(child, &status, WUNTRACED) < 0) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "wait for a child to stop");
  }
  return read_task(child, child);
}

/// Threads of this process that compute, wait for a byte of a pipe and wait on a futex. They end when it does.
class SeenThreads {
 public:
  enum Which : std::uint8_t { computes, waits_for_pipe, waits_on_futex };
  static constexpr std::size_t kCount = 3;

  explicit SeenThreads(const Pipe& pipe) : pipe_(pipe) {}
  SeenThreads(const SeenThreads&) = delete;
  SeenThreads& operator=(const SeenThreads&) = delete;
  ~SeenThreads() {
    turn_ = 1;
    futex_wake(turn_);
    // One of them, or the child that waits for a byte of this pipe as well.
    if (::write(pipe_.write_end.get(), "!!", 2) != 2) std::abort();
  }

  /// When it throws, those that there are end by the destructor.
  void start() {
    threads_.emplace_back([this] {
      name_this_thread("thr-computes");
      ids_[computes].tell();
      while (turn_.load(std::memory_order_relaxed) == 0) continue;
    });
    threads_.emplace_back([this] {
      ids_[waits_for_pipe].tell();
      wait_for_a_byte("thr-waits", pipe_.read_end);
    });
    threads_.emplace_back([this] {
      name_this_thread("thr-futex");
      ids_[waits_on_futex].tell();
      while (turn_.load(std::memory_order_acquire) == 0) futex_wait(turn_, 0);
    });
    for (const ThreadIds& thread : ids_) thread.await();
  }

  /// Waits for it to come, for a second at most.
  std::optional<Task> await(Which which, char state) const { return await_state(::getpid(), ids_[which].tid, state); }

  /// The different numbers that they and the calling thread have.
  std::set<pid_t> pids() const {
    std::set<pid_t> all{::getpid()};
    for (const ThreadIds& thread : ids_) all.insert(thread.pid);
    return all;
  }
  std::set<pid_t> tids() const {
    std::set<pid_t> all{::gettid()};
    for (const ThreadIds& thread : ids_) all.insert(thread.tid);
    return all;
  }

 private:
  const Pipe& pipe_;
  FutexWord turn_ = 0;
  std::array<ThreadIds, kCount> ids_;
  std::vector<std::jthread> threads_;
};

/// The sanitizers have a thread of their own, so that there may have been two before.
void look_at_numbers(const SeenThreads& threads, std::size_t threads_before,
                     std::vector<Demonstration>& demonstrations) {
  const std::set<pid_t> pids = threads.pids(), tids = threads.tids();
  const std::uint64_t counted = status_number(::getpid(), "Threads").value_or(0);
  const std::size_t listed = tids_of(::getpid()).size();
  demonstrations.push_back(
      {.name = "threads_have_one_pid",
       .observed = pids.size() == 1,
       .expected = true,
       .sentence = "three threads and the one that made them called getpid(): different numbers: " +
                   std::to_string(pids.size())});
  demonstrations.push_back({.name = "threads_have_own_tids",
                            .observed = tids.size() == SeenThreads::kCount + 1,
                            .expected = true,
                            .sentence = "they called gettid(): different numbers: " + std::to_string(tids.size())});
  demonstrations.push_back({.name = "status_counts_threads",
                            .observed = counted == threads_before + SeenThreads::kCount && listed == counted,
                            .expected = true,
                            .sentence = "/proc/PID/status says Threads: " + std::to_string(counted) +
                                        ", and /proc/PID/task lists " + std::to_string(listed) +
                                        "; before the three were made there were " + std::to_string(threads_before)});
}

}  // namespace

ProbeResult probe_states(const workloads::Settings& /*settings*/) {
  const int cpu = choose_cpus("same").here;
  const std::size_t threads_before = tids_of(::getpid()).size();
  const Pipe pipe = make_pipe();
  const SharedArray<std::atomic<bool>> begun(2);
  const KilledChild computing([&] { return compute_until_killed("computes", cpu, begun[0]); });
  const KilledChild competing([&] { return compute_until_killed("computes-too", cpu, begun[1]); });
  const KilledChild waiting([&] { return wait_for_a_byte("waits", pipe.read_end); });
  const KilledChild ended([] {
    name_this_thread("has-ended");
    return 0;
  });
  while (!begun[0] || !begun[1]) std::this_thread::sleep_for(1ms);
  wait_unreaped(ended.pid());
  const auto await = [](const KilledChild& child, char state) { return await_state(child.pid(), child.pid(), state); };

  std::vector<Demonstration> demonstrations;
  {
    SeenThreads threads(pipe);
    threads.start();
    demonstrations.push_back(of_both("computing_is_running", 'R', "computes", await(computing, 'R'),
                                     threads.await(SeenThreads::computes, 'R')));
    demonstrations.push_back(look_at_turns(computing.pid(), competing.pid()));
    Demonstration blocked = of_both("waiting_for_a_pipe_is_sleeping", 'S', "waits for a byte of a pipe",
                                    await(waiting, 'S'), threads.await(SeenThreads::waits_for_pipe, 'S'));
    const auto on_futex = threads.await(SeenThreads::waits_on_futex, 'S');
    blocked.observed = blocked.observed && is(on_futex, 'S');
    blocked.sentence += "; a thread waits on a futex: " + shown(on_futex);
    demonstrations.push_back(blocked);
    look_at_numbers(threads, threads_before, demonstrations);
  }
  const auto stopped = stop(competing.pid());
  demonstrations.push_back({.name = "stopped_is_stopped",
                            .observed = is(stopped, 'T'),
                            .expected = true,
                            .sentence = "a process that computed was sent SIGSTOP: " + shown(stopped)});
  const auto zombie = read_task(ended.pid(), ended.pid());
  demonstrations.push_back({.name = "ended_is_zombie",
                            .observed = is(zombie, 'Z'),
                            .expected = true,
                            .sentence = "a process has ended and was not waited for: " + shown(zombie)});
  const std::set<pid_t> processes{::getpid(), computing.pid(), competing.pid(), waiting.pid(), ended.pid()};
  constexpr std::size_t kChildren = 4;
  demonstrations.push_back({.name = "processes_have_own_pids",
                            .observed = processes.size() == kChildren + 1,
                            .expected = true,
                            .sentence = "four children and their parent have " + std::to_string(processes.size()) +
                                        " different process numbers"});
  ProbeResult result{.units_created = kChildren + SeenThreads::kCount,
                     .peak_live_units = kChildren + SeenThreads::kCount};
  add_demonstrations(result, demonstrations);
  return result;
}

}  // namespace bakeoff::models::probes
