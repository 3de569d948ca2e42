#include "models/herd.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "models/connection.h"
#include "models/failed_wait.h"

namespace bakeoff {
namespace {

constexpr std::chrono::milliseconds kRepeat{10};   // Between two SIGTERMs to a worker that has not ended yet.
constexpr std::chrono::milliseconds kGrace{1500};  // Before SIGKILL.

}  // namespace

Herd::Herd(Work work, std::size_t wanted) : work_(std::move(work)), pids_(wanted, 0) {
  ::sigset_t child;
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  deaths_.reset(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!deaths_) throw std::system_error(errno, std::generic_category(), "watch for the death of workers (signalfd4)");
  ::sigprocmask(SIG_BLOCK, &child, &before_);
}

Herd::~Herd() {
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

bool Herd::fill() {
  while (!complete()) {
    if (!spawn(work_)) return false;
  }
  return true;
}

bool Herd::spawn(const Work& work) {
  ::sigset_t all, saved;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &saved);  // The child must not run the parent's handlers.
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  const int error = errno;
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() == parent) work();  // Otherwise the parent died before it could be watched.
    ::_exit(0);
  }
  ::sigprocmask(SIG_SETMASK, &saved, nullptr);
  errno = error;
  if (pid < 0) return false;
  pids_[free_place_] = pid;
  places_.emplace(pid, free_place_);
  while (free_place_ < pids_.size() && lives(free_place_)) ++free_place_;
  ++created_;
  peak_ = std::max(peak_, size());
  return true;
}

bool Herd::watch(const StopToken& stop, int timeout_ms, int also) {
  pollfd watched[] = {{stop.fd(), POLLIN, 0}, {deaths_.get(), POLLIN, 0}, {also, POLLIN, 0}};
  if (::poll(watched, 3, timeout_ms) < 0) {
    if (errno != EINTR) end_by_failed_wait("poll");  // The workers die with their parent.
    return true;
  }
  if (watched[1].revents != 0) reap();
  if (wait_failed_) disband();
  return watched[0].revents == 0;
}

void Herd::disband() {
  const auto deadline = std::chrono::steady_clock::now() + kGrace;
  while (size() > 0) {
    const bool grace = std::chrono::steady_clock::now() < deadline;
    for (const auto& [pid, place] : places_) ::kill(pid, grace ? SIGTERM : SIGKILL);
    pollfd watched{deaths_.get(), POLLIN, 0};
    ::poll(&watched, 1, static_cast<int>(kRepeat.count()));
    reap();
  }
  if (wait_failed_) ::_exit(kWaitFailed);
}

void Herd::reap() {
  signalfd_siginfo ignored;
  while (::read(deaths_.get(), &ignored, sizeof ignored) > 0) continue;
  int status = 0;
  for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    const auto worker = places_.find(pid);
    if (worker == places_.end()) continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == kWaitFailed) wait_failed_ = true;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) ++died_badly_;
    pids_[worker->second] = 0;
    free_place_ = std::min(free_place_, worker->second);
    places_.erase(worker);
  }
}

void take_parents_word() {
  ::signal(SIGINT, SIG_IGN);
  struct sigaction action {};  // Without SA_RESTART.
  action.sa_handler = [](int) { tell_to_stop(); };
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = [](int) {};
  ::sigaction(SIGUSR1, &action, nullptr);
  ::sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace bakeoff
