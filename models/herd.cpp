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

namespace bakeoff {
namespace {

constexpr std::chrono::milliseconds kRepeat{10};   // Between two SIGTERMs to a worker that has not ended yet.
constexpr std::chrono::milliseconds kGrace{1500};  // Before SIGKILL.

}  // namespace

Herd::Herd(std::function<void()> work, std::size_t wanted) : work_(std::move(work)), wanted_(wanted) {
  ::sigset_t child;
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  deaths_.reset(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!deaths_) throw std::system_error(errno, std::generic_category(), "watch for the death of workers");
  ::sigprocmask(SIG_BLOCK, &child, &before_);
}

Herd::~Herd() {
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

bool Herd::fill() {
  while (workers_.size() < wanted_) {
    ::sigset_t all, saved;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, &saved);  // The child must not run the parent's handlers.
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    const int error = errno;
    if (pid == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() == parent) work_();  // Otherwise the parent died before it could be watched.
      ::_exit(0);
    }
    ::sigprocmask(SIG_SETMASK, &saved, nullptr);
    errno = error;
    if (pid < 0) return false;
    workers_.insert(pid);
    ++created_;
    peak_ = std::max(peak_, workers_.size());
  }
  return true;
}

bool Herd::watch(const StopToken& stop, int timeout_ms) {
  pollfd watched[] = {{stop.fd(), POLLIN, 0}, {deaths_.get(), POLLIN, 0}};
  ::poll(watched, 2, timeout_ms);
  reap();
  return watched[0].revents == 0;
}

void Herd::disband() {
  const auto deadline = std::chrono::steady_clock::now() + kGrace;
  while (!workers_.empty()) {
    const bool grace = std::chrono::steady_clock::now() < deadline;
    for (const pid_t pid : workers_) ::kill(pid, grace ? SIGTERM : SIGKILL);
    pollfd watched{deaths_.get(), POLLIN, 0};
    ::poll(&watched, 1, static_cast<int>(kRepeat.count()));
    reap();
  }
}

void Herd::reap() {
  signalfd_siginfo ignored;
  while (::read(deaths_.get(), &ignored, sizeof ignored) > 0) continue;
  for (pid_t pid; (pid = ::waitpid(-1, nullptr, WNOHANG)) > 0;) workers_.erase(pid);
}

}  // namespace bakeoff
