// Stacks: every thread has one of its own, and registers, of which the program counter and the stack pointer are two. A
// stack is private by custom only: it lies in the memory that all threads share, and a pointer to a local variable
// works in any of them. When the thread has ended the pointer is still a number, and what lies there is the next
// thread's. Below a stack is a page that may not be touched: a recursion that never ends is a SIGSEGV, and not a write
// into the neighbour's stack.
#include <poll.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <ios>
#include <latch>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>

#include "models/os_thread.h"
#include "models/probes/lifecycle.h"
#include "models/probes/pipe.h"
#include "models/probes/probes.h"

namespace bakeoff::models::probes {
namespace {

using namespace std::chrono_literals;

struct StackRange {
  std::uintptr_t begin = 0, end = 0;
  std::uintptr_t local = 0;  ///< The address of a local variable of its thread.

  bool holds(std::uintptr_t address) const { return begin <= address && address < end; }
};

std::string hexadecimal(std::uintptr_t number) {
  std::ostringstream text;
  text << "0x" << std::hex << number;
  return text.str();
}

StackRange stack_of_this_thread() {
  pthread_attr_t attributes;
  const int error = ::pthread_getattr_np(::pthread_self(), &attributes);
  if (error != 0) throw std::system_error(error, std::generic_category(), "pthread_getattr_np");
  void* begin = nullptr;
  std::size_t bytes = 0;
  ::pthread_attr_getstack(&attributes, &begin, &bytes);
  ::pthread_attr_destroy(&attributes);
  const auto first = reinterpret_cast<std::uintptr_t>(begin);
  return {.begin = first, .end = first + bytes, .local = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0))};
}

Demonstration look_through_a_pointer() {
  volatile int local = 1;
  std::thread([&local] { local = 2; }).join();
  return {.name = "pointer_to_a_stack_reaches_it",
          .observed = local == 2,
          .expected = true,
          .sentence = "a local variable was 1, and another thread wrote 2 through a pointer to it: it is " +
                      std::to_string(local)};
}

Demonstration compare_stacks() {
  std::array<StackRange, 2> stacks;
  {
    std::latch both(2);  // Else the second could be given the first one's stack.
    const auto look = [&](std::size_t index) {
      stacks[index] = stack_of_this_thread();
      both.arrive_and_wait();
    };
    const std::jthread other([&] { look(1); });
    look(0);
  }
  const auto [one, two] = stacks;
  const bool apart = one.end <= two.begin || two.end <= one.begin;
  return {.name = "threads_have_own_stacks",
          .observed = apart && one.holds(one.local) && two.holds(two.local),
          .expected = true,
          .sentence = "two threads called the same function: what is local to it lies at " + hexadecimal(one.local) +
                      " and " + hexadecimal(two.local) + ", in stacks that " + (apart ? "do not overlap" : "overlap")};
}

/// What the kernel has saved of the registers of a thread that is in a system call.
struct Registers {
  std::string call, argument;  ///< As the kernel prints them: the first argument is in a register.
  std::string stack_pointer, program_counter;
};

/// nullopt where the kernel does not show them, or the thread did not come to wait within a second.
std::optional<Registers> registers_of(pid_t tid, int waits_for) {
  std::ostringstream wanted;
  wanted << "0x" << std::hex << waits_for;
  const auto until = std::chrono::steady_clock::now() + 1s;
  for (; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(1ms)) {
    std::ifstream file("/proc/self/task/" + std::to_string(tid) + "/syscall");
    if (!file) return std::nullopt;
    Registers seen;
    std::string rest;
    constexpr int kOtherArguments = 5;
    file >> seen.call >> seen.argument;
    for (int i = 0; i < kOtherArguments; ++i) file >> rest;
    if (file >> seen.stack_pointer >> seen.program_counter && seen.argument == wanted.str()) return seen;
  }
  return std::nullopt;
}

/// Two threads wait in read(), each for a pipe of its own.
void compare_registers(ProbeResult& result, std::vector<Demonstration>& demonstrations) {
  std::array<Pipe, 2> pipes{make_pipe(), make_pipe()};
  std::array<std::atomic<pid_t>, 2> tids{};
  std::array<std::optional<Registers>, 2> seen;
  {
    const auto wait = [&](std::size_t index) {
      tids[index] = ::gettid();
      tids[index].notify_one();
      char byte = 0;
      while (::read(pipes[index].read_end.get(), &byte, 1) < 0 && errno == EINTR) continue;
    };
    // The end of the pipe is what they wait for, so that they end as well when this throws.
    std::array<std::jthread, 2> threads;
    struct Closing {
      std::array<Pipe, 2>& pipes;
      ~Closing() {
        for (Pipe& pipe : pipes) pipe.write_end.reset();
      }
    };
    const Closing closing{pipes};
    for (std::size_t i = 0; i < 2; ++i) threads[i] = std::jthread(wait, i);
    for (std::size_t i = 0; i < 2; ++i) {
      tids[i].wait(0);
      seen[i] = registers_of(tids[i], pipes[i].read_end.get());
    }
  }
  if (!seen[0] || !seen[1]) {
    result.evidence.emplace_back(
        "whether threads have registers of their own was not looked at: this system does not show them in "
        "/proc/self/task/TID/syscall");
    return;
  }
  const auto text = [](const Registers& registers) {
    return "first argument " + registers.argument + ", stack pointer " + registers.stack_pointer +
           ", program counter " + registers.program_counter;
  };
  demonstrations.push_back(
      {.name = "threads_have_own_registers",
       .observed = seen[0]->argument != seen[1]->argument && seen[0]->stack_pointer != seen[1]->stack_pointer,
       .expected = true,
       .sentence = "two threads wait in the same function for different pipes, with these registers: " +
                   text(*seen[0]) + "; and " + text(*seen[1])});
}

/// Never comes to its end. What each call keeps is used after the next has returned, so that no call replaces another.
__attribute__((noinline)) int recurse(int depth) {  // NOLINT(misc-no-recursion): it is what is looked at.
  constexpr std::size_t kKept = 256;
  volatile char kept[kKept];
  kept[static_cast<std::size_t>(depth) % kKept] = static_cast<char>(depth);
  return depth < 0 ? 0 : recurse(depth + 1) + kept[static_cast<std::size_t>(depth) % kKept];
}

Demonstration overflow() {
  const int status = wait_for(fork_child([] {
    struct sigaction as_ever {};
    as_ever.sa_handler = SIG_DFL;
    ::sigaction(SIGSEGV, &as_ever, nullptr);
    int depth = 0;
    {
      const OsThread thread(kServingStackBytes, [&depth] { depth = recurse(0); });
    }
    return depth < 0 ? 1 : 0;
  }));
  const bool caught = WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
  return {.name = "overflow_is_caught",
          .observed = caught,
          .expected = true,
          .sentence = std::string("a thread of a child called itself without end on a stack of 256 KiB: ") +
                      (caught ? "it met the guard page below its stack, and SIGSEGV ended the process"
                              : "the process did not end by SIGSEGV")};
}

/// A thread that writes `value` to a local variable. Its stack; `local` is where that variable is, or was.
StackRange write_to_a_local(int value, const volatile int* earlier, int& seen) {
  StackRange range;
  {
    const OsThread thread(kServingStackBytes, [&] {
      volatile int local = value;
      range = stack_of_this_thread();
      range.local = reinterpret_cast<std::uintptr_t>(&local);
      // It may be read only where it lies in a stack that there is, which is this one.
      if (range.holds(reinterpret_cast<std::uintptr_t>(earlier))) seen = *earlier;
    });
  }
  return range;
}

Demonstration look_at_an_ended_stack() {
  constexpr int kFirst = 1, kSecond = 2;
  int seen = 0;
  const StackRange first = write_to_a_local(kFirst, nullptr, seen);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): a pointer to what is no more is what is looked at.
  const auto* pointer = reinterpret_cast<const volatile int*>(first.local);
  const StackRange second = write_to_a_local(kSecond, pointer, seen);
  const bool reused = second.holds(first.local) && seen != kFirst;
  return {
      .name = "ended_stack_is_reused",
      .observed = reused,
      .expected = true,
      .sentence = "a thread's local variable was 1 and lay at " + hexadecimal(first.local) +
                  ", and the thread has ended: " +
                  (reused ? "the next thread was given the same stack, and at that address is " + std::to_string(seen)
                          : "the next thread was given another stack")};
}

}  // namespace

ProbeResult probe_stacks(const workloads::Settings& /*settings*/) {
  ProbeResult result;
  std::vector<Demonstration> demonstrations{look_through_a_pointer(), compare_stacks()};
  compare_registers(result, demonstrations);
  demonstrations.push_back(overflow());
  demonstrations.push_back(look_at_an_ended_stack());
  add_demonstrations(result, demonstrations);
  constexpr std::uint64_t kUnits = 8;  // Threads, but for the child whose thread overflows.
  result.units_created = kUnits;
  result.peak_live_units = 2;
  return result;
}

}  // namespace bakeoff::models::probes
