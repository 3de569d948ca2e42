#include "models/processes/worker_processes.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "models/child_process.h"
#include "models/failed_wait.h"

namespace bakeoff::models::processes {
namespace {

constexpr std::chrono::milliseconds kSignalInterval{10};  // Between two SIGTERMs to a worker that has not ended yet.
constexpr std::chrono::milliseconds kGrace{1500};         // Before SIGKILL.

}  // namespace

WorkerProcesses::WorkerProcesses(Work work, std::size_t wanted) : work_(std::move(work)), pids_(wanted, 0) {
  ::sigset_t child;
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  child_signals_.reset(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!child_signals_)
    throw std::system_error(errno, std::generic_category(), "watch for the death of workers (signalfd4)");
  ::sigprocmask(SIG_BLOCK, &child, &previous_mask_);
}

WorkerProcesses::~WorkerProcesses() {
  ::sigprocmask(SIG_SETMASK, &previous_mask_, nullptr);
}

bool WorkerProcesses::fork_missing() {
  while (!is_full()) {
    if (!fork_worker(work_)) return false;
  }
  return true;
}

bool WorkerProcesses::fork_worker(const Work& work) {
  ::sigset_t all, saved;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &saved);  // The child must not run the parent's handlers.
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  const int error = errno;
  if (pid == 0) {
    if (die_with_parent(parent)) work();
    ::_exit(0);
  }
  ::sigprocmask(SIG_SETMASK, &saved, nullptr);
  errno = error;
  if (pid < 0) return false;
  pids_[free_slot_] = pid;
  slots_by_pid_.emplace(pid, free_slot_);
  while (free_slot_ < pids_.size() && is_alive(free_slot_)) ++free_slot_;
  ++counts_.created;
  counts_.peak_live = std::max<std::uint64_t>(counts_.peak_live, size());
  return true;
}

bool WorkerProcesses::wait_and_reap(const StopToken& stop, int timeout_ms, int also) {
  pollfd watched[] = {{stop.fd(), POLLIN, 0}, {child_signals_.get(), POLLIN, 0}, {also, POLLIN, 0}};
  if (::poll(watched, 3, timeout_ms) < 0) {
    if (errno != EINTR) exit_on_failed_wait("poll");  // The workers die with their parent.
    return true;
  }
  if (watched[1].revents != 0) reap();
  if (wait_failed_) stop_all();
  return watched[0].revents == 0;
}

void WorkerProcesses::stop_all() {
  const auto deadline = std::chrono::steady_clock::now() + kGrace;
  while (size() > 0) {
    const bool grace = std::chrono::steady_clock::now() < deadline;
    for (const auto& [pid, slot] : slots_by_pid_) ::kill(pid, grace ? SIGTERM : SIGKILL);
    pollfd watched{child_signals_.get(), POLLIN, 0};
    ::poll(&watched, 1, static_cast<int>(kSignalInterval.count()));
    reap();
  }
  if (wait_failed_) ::_exit(kWaitFailed);
}

void WorkerProcesses::reap() {
  signalfd_siginfo ignored;
  while (::read(child_signals_.get(), &ignored, sizeof ignored) > 0) continue;
  int status = 0;
  for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    const auto worker = slots_by_pid_.find(pid);
    if (worker == slots_by_pid_.end()) continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == kWaitFailed) wait_failed_ = true;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) ++failures_;
    pids_[worker->second] = 0;
    free_slot_ = std::min(free_slot_, worker->second);
    slots_by_pid_.erase(worker);
  }
}

}  // namespace bakeoff::models::processes
