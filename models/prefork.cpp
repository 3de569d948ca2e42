// prefork: N processes made before the first connection, each of which accepts and serves one connection at a time.
//
// Who waits:    the worker process, blocked in accept(), recv(), send() or its pause. The kernel wakes one worker for
//               each connection on the listener that all inherited.
// Who owns:     a worker owns its connection and everything else it touches; only the store and the tallies lie in
//               shared memory. The parent owns the workers: it replaces one that dies and touches no connection.
// Chosen by:    Apache's prefork MPM, PostgreSQL (which forks on connect), gunicorn's sync workers, PHP-FPM.
// Price:        a context switch a request, a page table and some 75 KiB a worker, process-shared locks.
// Breaks under: more connections than workers: the rest wait in the listen queue for as long as the others stay.
// Worth it:     a crash ends one connection, and its memory goes back to the system.
// Left out:     growing and shrinking the number of workers, retiring one after so many requests.
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <unordered_set>

#include "models/catalogue.h"
#include "models/connection.h"
#include "models/shared_memory.h"

namespace bakeoff {
namespace {

constexpr std::chrono::milliseconds kRepeat{10};   // Between two SIGTERMs to a worker that has not ended yet.
constexpr std::chrono::milliseconds kGrace{1500};  // Before SIGKILL.

struct Tally {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> accept_pauses{0};
};

// A worker's own, for its signal handler.
volatile std::sig_atomic_t told_to_end = 0;
volatile std::sig_atomic_t current_socket = -1;

/// The worker's whole life. The parent calls it right after fork(), with all signals blocked.
class Worker {
 public:
  Worker(int listener, Service& service, const StopToken& stop, Tally& tally)
      : listener_(listener), service_(service), stop_(stop), tally_(tally) {}

  [[noreturn]] void live(pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(0);  // The parent died before it could be watched.
    take_signals();
    while (!told_to_end) {
      Accepted accepted = accept_from(listener_, 0);
      if (accepted.status == AcceptStatus::limit) {
        ++tally_.accept_pauses;
        stop_.sleep(AcceptPause::kLength);
      } else if (accepted.status == AcceptStatus::accepted) {
        ++tally_.connections;
        serve(accepted.socket);
      }
    }
    ::_exit(0);  // Nothing of the parent's is to be run or flushed here.
  }

 private:
  /// A terminal sends Ctrl-C to the whole group: the worker ends by its parent's word only, which is SIGTERM. Without
  /// SA_RESTART the signal ends a blocking accept(); it may come just before accept() is entered, so the parent
  /// repeats it.
  static void take_signals() {
    ::signal(SIGINT, SIG_IGN);
    struct sigaction action {};
    action.sa_handler = [](int) {
      told_to_end = 1;
      if (current_socket >= 0) ::shutdown(current_socket, SHUT_RDWR);
    };
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
  }

  void serve(Descriptor& socket) {
    current_socket = socket.get();
    try {
      const auto session = service_.connect();
      BlockingStream stream(socket.get(), stop_);
      if (!told_to_end) converse(*session, stream, scratch_, replies_);
    } catch (const std::exception&) {  // Out of memory for this connection.
      replies_.clear();
    }
    current_socket = -1;
    socket.reset();
  }

  int listener_;
  Service& service_;
  const StopToken& stop_;
  Tally& tally_;
  std::array<char, kReadSize> scratch_;
  std::string replies_;
};

/// The parent's view of its workers.
class Herd {
 public:
  Herd(Worker& worker, std::size_t wanted) : worker_(worker), wanted_(wanted) {
    ::sigset_t child;
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child, &before_);
    deaths_.reset(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  ~Herd() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

  /// Forks what is missing. False at the process limit.
  bool fill() {
    while (workers_.size() < wanted_) {
      ::sigset_t all, saved;
      ::sigfillset(&all);
      ::sigprocmask(SIG_SETMASK, &all, &saved);  // The child must not run the parent's handlers.
      const pid_t parent = ::getpid();
      const pid_t pid = ::fork();
      if (pid == 0) worker_.live(parent);
      ::sigprocmask(SIG_SETMASK, &saved, nullptr);
      if (pid < 0) return false;
      workers_.insert(pid);
      ++created_;
      peak_ = std::max(peak_, workers_.size());
    }
    return true;
  }

  /// Waits until a worker has died, the stop has come or the time is over, and reaps. False on stop.
  bool watch(const StopToken& stop, int timeout_ms) {
    pollfd watched[] = {{stop.fd(), POLLIN, 0}, {deaths_.get(), POLLIN, 0}};
    ::poll(watched, 2, timeout_ms);
    reap();
    return watched[0].revents == 0;
  }

  /// Ends all workers and reaps them.
  void disband() {
    const auto deadline = std::chrono::steady_clock::now() + kGrace;
    while (!workers_.empty()) {
      const bool grace = std::chrono::steady_clock::now() < deadline;
      for (const pid_t pid : workers_) ::kill(pid, grace ? SIGTERM : SIGKILL);
      pollfd watched{deaths_.get(), POLLIN, 0};
      ::poll(&watched, 1, static_cast<int>(kRepeat.count()));
      reap();
    }
  }

  bool complete() const { return workers_.size() == wanted_; }
  std::uint64_t created() const { return created_; }
  std::uint64_t peak() const { return peak_; }

 private:
  void reap() {
    signalfd_siginfo ignored;
    while (::read(deaths_.get(), &ignored, sizeof ignored) > 0) continue;
    for (pid_t pid; (pid = ::waitpid(-1, nullptr, WNOHANG)) > 0;) workers_.erase(pid);
  }

  Worker& worker_;
  std::size_t wanted_;
  ::sigset_t before_{};
  Descriptor deaths_;
  std::unordered_set<pid_t> workers_;
  std::uint64_t created_ = 0;
  std::size_t peak_ = 0;
};

class Prefork final : public Model {
 public:
  StoreKind store_kind(const Units&) const override { return StoreKind::process_shared; }

  ModelReceipt serve(const Listener& listener, Service& service, const Units& units, const StopToken& stop,
                     const std::function<void()>& ready) override {
    set_blocking(listener.socket.get(), true);
    const SharedArray<Tally> tally(1);
    AcceptPause pause;
    Worker worker(listener.socket.get(), service, stop, tally[0]);
    Herd herd(worker, units.count);
    if (!herd.fill()) pause.count();
    if (herd.created() == 0) throw std::system_error(errno, std::generic_category(), "fork the first worker");
    ready();
    while (herd.watch(stop, herd.complete() ? -1 : static_cast<int>(AcceptPause::kLength.count()))) {
      // The moment's rest is what keeps workers that die at once from becoming a storm of forks.
      if (!herd.complete() && (!stop.sleep(kRepeat) || !herd.fill())) pause.count();
    }
    herd.disband();
    return {.connections = tally[0].connections,
            .units_created = herd.created(),
            .peak_live_units = herd.peak(),
            .accept_pauses = pause.times() + tally[0].accept_pauses};
  }
};

}  // namespace

std::unique_ptr<Model> make_prefork() {
  return std::make_unique<Prefork>();
}

}  // namespace bakeoff
