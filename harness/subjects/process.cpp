// Boost.Process v2 forks and execs; this file adds what it leaves out: the child's set-up in one hook, errors that name
// the step, no zombie after a failed start, and stopping and reaping by pidfd and wait4, which keeps the resource
// usage.
#include "harness/subjects/process.h"

// With the standard filesystem the v2 headers rely on these having been included before.
// clang-format off
#include <boost/asio.hpp>
#include <boost/optional.hpp>
#include <boost/type_traits/remove_pointer.hpp>
#include <iomanip>
#define BOOST_PROCESS_USE_STD_FS 1
#include <boost/process/v2/posix/default_launcher.hpp>
#include <boost/process/v2/process.hpp>
// clang-format on

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <system_error>

#include "harness/measure/system_error.h"
#include "harness/subjects/child_output.h"
#include "harness/subjects/close_on_exec.h"
#include "harness/subjects/find_program.h"
#include "harness/subjects/living_children.h"
#include "harness/subjects/restrict_foreign_child.h"

namespace bakeoff::subjects {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Milliseconds from now to `deadline` for poll(), never negative.
int poll_timeout(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::max<std::int64_t>(0, std::min<std::int64_t>(left, 1'000'000'000)));
}

struct Pipe {
  measure::OwnedDescriptor read_end, write_end;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) measure::throw_system_error("pipe");
    read_end = measure::OwnedDescriptor(ends[0]);
    write_end = measure::OwnedDescriptor(ends[1]);
  }
};

/// What exec() is given. A name with a slash stays as it is, so that exec() says what is wrong with it.
std::filesystem::path program_to_start(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  std::filesystem::path program = find_program(name);
  if (program.empty()) throw CannotExecute(ENOENT, std::generic_category(), "start " + name);
  return program;
}

/// What goes wrong in the child between fork and exec, told to the parent through a pipe of its own: the launcher would
/// report the wrong errno and run this process's static destructors in the child.
struct ChildFault {
  int step = 0;
  int code = 0;
};
constexpr int kIdentity = 5;
constexpr std::array kSteps = {"signals",
                               "cgroup",
                               "setpgid",
                               "chdir",
                               "affinity (sched_setaffinity)",
                               "identity (setresuid)",
                               "stdio",
                               "close on exec (/proc/self/fd)",
                               "parent-death signal (prctl)",
                               "parent gone",
                               "limits"};

/// Runs in the child, in this order: the cgroup while still root, the parent-death signal last, because changing the
/// identity clears it.
struct ChildSetup {
  const Command& command;
  int input, output, error;  ///< Become descriptors 0, 1 and 2.
  int fault_pipe;
  pid_t parent;

  [[noreturn]] void report(int step) const {
    const ChildFault fault{step, errno};
    [[maybe_unused]] const auto written = ::write(fault_pipe, &fault, sizeof fault);
    ::_exit(127);
  }

  template <typename Launcher>
  boost::system::error_code on_exec_setup(Launcher&, const std::filesystem::path&, const char* const*) const {
    sigset_t none;
    sigemptyset(&none);
    for (const int number : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGCHLD, SIGHUP, SIGQUIT, SIGUSR1})
      ::signal(number, SIG_DFL);
    if (::sigprocmask(SIG_SETMASK, &none, nullptr) != 0) report(0);
    for (const auto& procs : command.join) {
      const int file = ::open(procs.c_str(), O_WRONLY | O_CLOEXEC);
      if (file < 0 || ::write(file, "0", 1) != 1) report(1);
      ::close(file);
    }
    if (::setpgid(0, 0) != 0) report(2);
    if (!command.directory.empty() && ::chdir(command.directory.c_str()) != 0) report(3);
    if (!command.cpus.empty()) {
      cpu_set_t cpus;
      CPU_ZERO(&cpus);
      for (const int cpu : command.cpus) CPU_SET(cpu, &cpus);
      if (::sched_setaffinity(0, sizeof cpus, &cpus) != 0) report(4);
    }
    if (command.identity) {
      const auto [uid, gid] = *command.identity;
      if (::setgroups(0, nullptr) != 0 || ::setresgid(gid, gid, gid) != 0 || ::setresuid(uid, uid, uid) != 0) {
        report(kIdentity);
      }
      if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) report(kIdentity);
    }
    if (command.most_file_bytes && !restrict_foreign_child(*command.most_file_bytes)) report(10);
    const int said = command.output_to_error_file && error >= 0 ? error : output;
    if (::dup2(input, 0) < 0 || ::dup2(said, 1) < 0 || (error >= 0 && ::dup2(error, 2) < 0)) report(6);
    if ((errno = close_on_exec_from(3)) != 0) report(7);
    if (!command.outlives_harness && ::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) report(8);
    if (::getppid() != parent) report(9);
    return {};
  }
};

/// None without one. It is opened once and kept, because a folder that the child's user may write to may hold something
/// else under that name a moment later.
measure::OwnedDescriptor open_error_file(const Command& command) {
  if (command.error_file.empty()) return {};
  constexpr int kFlags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC;
  measure::OwnedDescriptor file(
      ::open(command.error_file.c_str(), kFlags | (command.most_file_bytes ? O_EXCL : 0), 0644));
  if (!file) measure::throw_system_error("open " + command.error_file.string());
  // The child's user owns it, so that it can be opened once more by the name /dev/stderr.
  if (command.identity && ::fchown(file.get(), command.identity->uid, command.identity->gid) != 0) {
    measure::throw_system_error("hand over " + command.error_file.string());
  }
  return file;
}

/// Kills a process group. Never with a number that means something else to kill(2): -1 is every process there is.
bool kill_group(pid_t leader) {
  return leader > 1 && ::kill(-leader, SIGKILL) == 0;
}

/// Boost.Process wants an executor although nothing asynchronous is done with it here. One for each child, because it
/// remembers a descriptor that it could not watch and would fail for it in the next child. What it needs itself is made
/// with it, before there is a child.
struct UnusedIoContext {
  boost::asio::io_context context{1};
  boost::asio::posix::stream_descriptor unused{context};
};

std::unique_ptr<UnusedIoContext> make_unused_io_context(const std::string& name) try {
  return std::make_unique<UnusedIoContext>();
} catch (const boost::system::system_error& error) {
  measure::throw_system_error("start " + name + ": epoll_create1", error.code().value());
}

/// Whether a child has ended; it stays to be reaped.
bool has_ended(pid_t pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT | WNOHANG) != 0 || info.si_pid == pid;
}

}  // namespace

bool is_resource_exhaustion(int code) {
  return code == EAGAIN || code == ENOMEM || code == ENFILE;
}

std::string ExitResult::describe() const {
  if (exited) return fmt::format("exited with {}", status);
  const char* name = ::sigabbrev_np(signal);
  return fmt::format("killed by SIG{}{}", name != nullptr ? name : "?", killed ? " after the grace was over" : "");
}

Process Process::start(const Command& command) {
  if (command.argv.empty()) throw std::invalid_argument("start: no program named");
  const std::string& name = command.argv.front();
  const std::filesystem::path program = program_to_start(name);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);

  const auto executor = make_unused_io_context(name);
  Pipe input, output, faults;
  Process process;
  process.error_file_ = open_error_file(command);
  const ChildSetup setup{
      command,   input.read_end.get(), output.write_end.get(), process.error_file_.get(), faults.write_end.get(),
      ::getpid()};
  const std::vector<std::string> arguments(command.argv.begin() + 1, command.argv.end());
  boost::process::v2::posix::default_launcher launcher;
  std::vector<const char*> environment;
  if (command.environment) {
    for (const std::string& variable : *command.environment) environment.push_back(variable.c_str());
    environment.push_back(nullptr);
    launcher.env = environment.data();
  }
  boost::system::error_code refused;
  ::fflush(nullptr);  // a failed exec ends in exit(), which would write our buffers a second time
  try {
    launcher(executor->context.get_executor(), refused, program, arguments, setup).detach();
  } catch (const boost::system::system_error&) {
    if (::getpid() != setup.parent) ::_exit(127);
    // The child runs. Boost wanted a pidfd for it, and there is none; it is waited for without (wait()).
  }
  faults.write_end.close();

  ChildFault fault;
  const bool set_up = ::read(faults.read_end.get(), &fault, sizeof fault) != sizeof fault;
  if (refused || !set_up) {
    if (launcher.pid > 0) ::waitpid(launcher.pid, nullptr, 0);
    const std::string what =
        set_up ? name : fmt::format("{}: {}", name, kSteps.at(static_cast<std::size_t>(fault.step)));
    const int code = set_up ? refused.value() : fault.code;
    const bool executed = set_up && launcher.pid > 0;
    if ((executed && !is_resource_exhaustion(code)) || (!set_up && fault.step == kIdentity)) {
      throw CannotExecute(code, std::generic_category(), "start " + what);
    }
    measure::throw_system_error("start " + what, code);
  }
  process.pid_ = launcher.pid;
  process.heap_ = command.heap;
  LivingChildren::add(process.pid_);
  ::setpgid(process.pid_,
            process.pid_);  // The child does the same. Either may be first: from here on kill(-pid) works.
  process.pidfd_ = measure::OwnedDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, process.pid_, 0)));
  process.input_ = std::move(input.write_end);
  process.output_ = std::move(output.read_end);
  return process;
}

Process::Process(Process&& other) noexcept {
  *this = std::move(other);
}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(pidfd_, other.pidfd_);
  std::swap(input_, other.input_);
  std::swap(output_, other.output_);
  std::swap(error_file_, other.error_file_);
  std::swap(output_ended_, other.output_ended_);
  buffered_.swap(other.buffered_);
  std::swap(heap_, other.heap_);
  return *this;
}

Process::~Process() {
  if (running()) stop(SIGKILL, milliseconds{0});
}

std::optional<std::string> Process::read_line(milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  // What has been looked at already is not looked at again: a line may be many chunks long.
  for (std::size_t looked = 0;;) {
    if (const auto newline = buffered_.find('\n', looked); newline != std::string::npos) {
      std::string line = buffered_.substr(0, newline);
      buffered_.erase(0, newline + 1);
      return line;
    }
    looked = buffered_.size();
    if (output_ended_) return std::nullopt;
    pollfd wanted{output_.get(), POLLIN, 0};
    const int ready = ::poll(&wanted, 1, poll_timeout(deadline));
    if (ready == 0) return std::nullopt;
    if (ready < 0) {
      // A signal (Ctrl-C) ends the wait early: the caller looks at what happened and comes back or stops.
      if (errno == EINTR) return std::nullopt;
      measure::throw_system_error("poll");
    }
    std::array<char, 65536> chunk;
    const auto got = ::read(output_.get(), chunk.data(), chunk.size());
    if (got > 0) {
      buffered_.append(chunk.data(), static_cast<std::size_t>(got));
    } else if (got == 0 || errno != EINTR) {
      output_ended_ = true;
    }
  }
}

std::string Process::last_output() const {
  return last_lines(error_file_.get());
}

std::string Process::first_output() const {
  return first_line(error_file_.get());
}

std::string Process::full_heap() const {
  return heap_.words.empty() ? "" : why_heap_is_full(heap_, last_text(error_file_.get()));
}

std::string Process::printed_object(std::string_view key) const {
  return line_with_key(error_file_.get(), key);
}

bool Process::write(std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::write(input_.get(), text.data(), text.size());
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Process::close_input() {
  input_.close();
}

std::optional<ExitResult> Process::wait(milliseconds timeout) {
  if (!running()) return ExitResult{};
  const auto deadline = Clock::now() + timeout;
  for (;;) {
    // Without a pidfd (Linux 5.3; refused, or no descriptor left) it is looked at every millisecond.
    pollfd ended{pidfd_.get(), POLLIN, 0};
    const int left_ms = poll_timeout(deadline);
    const int ready = ::poll(&ended, 1, pidfd_ ? left_ms : std::min(left_ms, 1));
    if (ready > 0 || (!pidfd_ && has_ended(pid_))) return reap(false);
    if (ready == 0 && left_ms == 0) return std::nullopt;
    if (ready < 0 && errno != EINTR) measure::throw_system_error("poll");
  }
}

ExitResult Process::stop(int signal, milliseconds grace) {
  if (!running()) return {};
  ::kill(pid_, signal);  // Only this process can reap it, so no other process can have its number.
  if (auto ended = wait(grace)) return *ended;
  kill_group(pid_);
  ::kill(pid_, SIGKILL);
  return reap(true);
}

ExitResult Process::reap(bool killed) {
  ExitResult ended;
  ended.killed = killed;
  int status = 0;
  while (::wait4(pid_, &status, 0, &ended.usage) < 0 && errno == EINTR) {
  }
  ended.exited = WIFEXITED(status);
  ended.status = ended.exited ? WEXITSTATUS(status) : 0;
  ended.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  // What the leader left behind was adopted by this process, its subreaper.
  const pid_t group = std::exchange(pid_, -1);
  LivingChildren::remove(group);
  if (kill_group(group)) {
    // A process that had ended before, and that its parent had not reaped, did not outlive the leader.
    while (::waitpid(-group, &status, 0) > 0) ended.orphans += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  }
  pidfd_.close();
  return ended;
}

std::vector<pid_t> processes_of_group(pid_t group) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.empty() || name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream file(entry.path() / "stat");
    std::string stat;
    // Fields are counted from behind the command's closing parenthesis: it may hold spaces itself.
    if (!std::getline(file, stat) || stat.rfind(')') == std::string::npos) continue;
    char state = 0;
    long parent = 0, pgrp = 0;
    if (std::sscanf(stat.c_str() + stat.rfind(')') + 1, " %c %ld %ld", &state, &parent, &pgrp) == 3 && pgrp == group) {
      found.push_back(static_cast<pid_t>(std::stol(name)));
    }
  }
  return found;
}

}  // namespace bakeoff::subjects
