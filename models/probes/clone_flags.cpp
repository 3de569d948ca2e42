// The flags of clone(): to the kernel there are only tasks, and flags say what a new one shares with its creator. With
// none it is what fork() makes, with most of them what pthread_create() makes, and each can be had alone: memory
// without descriptors, descriptors without memory. What makes a thread of a process is CLONE_THREAD: it gives the pid
// of the creator, and the kernel has it only together with shared memory.
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "models/probes/futex.h"
#include "models/probes/lifecycle.h"
#include "models/probes/pipe.h"
#include "models/probes/probes.h"
#include "models/probes/process_attributes.h"
#include "models/probes/tasks.h"
#include "models/shared_array.h"

namespace bakeoff::models::probes {
namespace {

/// In memory that all tasks share, whatever their flags.
struct Meeting {
  std::uint32_t may_end = 0;
  pid_t pid = 0, tid = 0;    // The task writes them before it tells by the pipe.
  std::atomic<pid_t> alive;  // The kernel clears it when a thread has ended.
};

struct Instructions {
  Meeting* meeting;
  volatile int* word;  ///< Written to.
  int closed;          ///< A descriptor that the task closes.
  int told;            ///< The end of a pipe that it writes a byte to.
  bool process;        ///< It is to die with its creator.
};

/// A task without a thread-local storage of its own: it runs on that of its creator where memory is shared. So it does
/// system calls and nothing else, and no sanitizer may add to it.
__attribute__((no_sanitize("address", "thread", "undefined"))) int act_as_task(void* argument) {
  const auto* instructions = static_cast<const Instructions*>(argument);
  Meeting* meeting = instructions->meeting;
  if (instructions->process) ::syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  *instructions->word = 1;
  ::syscall(SYS_close, instructions->closed);
  ::syscall(SYS_chdir, "/");
  meeting->pid = static_cast<pid_t>(::syscall(SYS_getpid));
  meeting->tid = static_cast<pid_t>(::syscall(SYS_gettid));
  ::syscall(SYS_write, instructions->told, "!", 1);
  while (__atomic_load_n(&meeting->may_end, __ATOMIC_ACQUIRE) == 0) {
    ::syscall(SYS_futex, &meeting->may_end, FUTEX_WAIT, 0, nullptr, nullptr, 0);
  }
  ::syscall(SYS_exit, 0);
  return 0;
}

/// What a task turned out to share.
struct Shared {
  bool memory = false, descriptors = false, working_directory = false, pid = false;
  pid_t number = 0;      ///< Its pid.
  bool is_task = false;  ///< With a state in /proc/PID/task/TID, as every other.
  std::string line;      ///< That of ps.
};

/// A task with these flags, seen while it lives. It has ended when this returns.
Shared look_at_task(int flags) {
  constexpr std::size_t kStackBytes = 64 * 1024;
  std::vector<char> stack(kStackBytes);
  const SharedArray<Meeting> memory(1);
  Meeting& meeting = memory[0];
  const Pipe pipe = make_pipe();
  Descriptor closed = two_bytes();
  volatile int word = 0;
  if (::chdir("/proc") != 0) throw std::system_error(errno, std::generic_category(), "change to /proc");
  const bool thread = (flags & CLONE_THREAD) != 0;
  Instructions instructions{
      .meeting = &meeting, .word = &word, .closed = closed.get(), .told = pipe.write_end.get(), .process = !thread};
  meeting.alive = 1;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): so it is declared.
  const pid_t task =
      ::clone(act_as_task, stack.data() + stack.size(), thread ? flags | CLONE_CHILD_CLEARTID : flags | SIGCHLD,
              &instructions, nullptr, nullptr, reinterpret_cast<pid_t*>(&meeting.alive));
  if (task < 0) throw std::system_error(errno, std::generic_category(), "clone");
  constexpr int kLongestMs = 5000;
  pollfd begun{.fd = pipe.read_end.get(), .events = POLLIN, .revents = 0};
  if (::poll(&begun, 1, kLongestMs) != 1) throw std::runtime_error("a task that clone() made did not begin");

  const auto shown = await_state(meeting.pid, meeting.tid, 'S');
  std::array<char, 16> directory{};
  const bool moved = ::getcwd(directory.data(), directory.size()) != nullptr && std::string(directory.data()) == "/";
  const Shared shared{.memory = word == 1,
                      .descriptors = !is_open(closed.get()),
                      .working_directory = moved,
                      .pid = meeting.pid == ::getpid(),
                      .number = meeting.pid,
                      .is_task = shown && shown->state == 'S' && meeting.tid == task,
                      .line = shown ? ps_line(*shown) : "nothing"};
  if (shared.descriptors) closed.release();

  std::atomic_ref(meeting.may_end).store(1, std::memory_order_release);
  ::syscall(SYS_futex, &meeting.may_end, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  if (thread) {
    while (const pid_t alive = meeting.alive.load())
      ::syscall(SYS_futex, &meeting.alive, FUTEX_WAIT, alive, nullptr, nullptr, 0);
  } else if (wait_for(task) != 0) {
    throw std::runtime_error("a task did not end as it should");
  }
  return shared;
}

std::string sharing_of(const std::string& flags, const Shared& shared) {
  const auto word = [](bool yes) { return yes ? "shared" : "its own"; };
  return "clone(" + flags + "): memory is " + word(shared.memory) + ", descriptors are " + word(shared.descriptors) +
         ", the working directory is " + word(shared.working_directory) + ", the pid is " + word(shared.pid) +
         "; ps -L shows (PID TID S COMMAND) " + shared.line;
}

}  // namespace

ProbeResult probe_clone_flags(const workloads::Settings& /*settings*/) {
  const Descriptor before(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  name_this_thread("made-by-clone");
  const Shared fork = look_at_task(0), vm = look_at_task(CLONE_VM), files = look_at_task(CLONE_FILES),
               fs = look_at_task(CLONE_FS);
  const Shared thread = look_at_task(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM);
  // It need not be there any more; the probe ends anyway.
  if (before && ::fchdir(before.get()) != 0) errno = 0;

  bool all_are_tasks = true;
  for (const Shared* shared : {&fork, &vm, &files, &fs, &thread}) all_are_tasks = all_are_tasks && shared->is_task;
  constexpr std::uint64_t kTasks = 5;
  ProbeResult result{.units_created = kTasks, .peak_live_units = 1};
  add_demonstrations(
      result,
      {{.name = "fork_shares_memory",
        .observed = fork.memory,
        .expected = false,
        .sentence = sharing_of("no flag", fork)},
       {.name = "vm_shares_memory", .observed = vm.memory, .expected = true, .sentence = sharing_of("CLONE_VM", vm)},
       {.name = "vm_has_own_pid",
        .observed = !vm.pid,
        .expected = true,
        .sentence = "the pid of the task that was made with CLONE_VM alone is " + std::to_string(vm.number) +
                    ", its creator's " + std::to_string(::getpid())},
       {.name = "files_shares_descriptors",
        .observed = files.descriptors,
        .expected = true,
        .sentence = sharing_of("CLONE_FILES", files)},
       {.name = "files_shares_memory",
        .observed = files.memory,
        .expected = false,
        .sentence = std::string("the task that was made with CLONE_FILES alone wrote to a variable: its creator ") +
                    (files.memory ? "sees it" : "does not see it")},
       {.name = "fs_shares_working_directory",
        .observed = fs.working_directory,
        .expected = true,
        .sentence = sharing_of("CLONE_FS", fs)},
       {.name = "thread_has_own_pid",
        .observed = !thread.pid,
        .expected = false,
        .sentence =
            sharing_of("CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM", thread)},
       {.name = "all_are_tasks",
        .observed = all_are_tasks,
        .expected = true,
        .sentence = std::string(all_are_tasks ? "each" : "not each") +
                    " of them was found asleep in /proc/PID/task/TID/stat, by the number that clone() returned"}});
  return result;
}

}  // namespace bakeoff::models::probes
