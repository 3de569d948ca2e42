// prefork: N processes made before the first connection, each of which accepts and serves one connection at a time.
//
// Who waits:    the worker process, blocked in accept(), recv(), send() or its pause. The kernel wakes one worker for
//               each connection on the listener that all inherited.
// Who owns:     a worker owns its connection and everything else it touches; only the store and the tallies lie in
//               shared memory. The parent owns the workers (herd.h): it replaces one that dies, and touches no
//               connection.
// Chosen by:    Apache's prefork MPM, PHP-FPM, gunicorn's sync workers; PostgreSQL, which forks on connect.
// Price:        a context switch a request, a process a connection (about 30 KiB and its page tables), process-shared
//               locks.
// Breaks under: more connections than workers: the rest wait in the listen queue for as long as the others stay.
// Worth it:     a crash ends one connection, and a worker's memory goes back to the system with it.
// Left out:     growing and shrinking the number of workers, retiring one after so many requests.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <exception>
#include <string>
#include <system_error>

#include "models/catalogue.h"
#include "models/connection.h"
#include "models/herd.h"
#include "models/shared_memory.h"

namespace bakeoff {
namespace {

/// What the workers count, in memory that the parent sees.
struct Tally {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> accept_pauses{0};
  std::atomic<int> accept_error{0};  ///< For which they paused.
};

// The worker's own, for its signal handler; so is told_to_stop after the fork.
volatile std::sig_atomic_t current_socket = -1;

/// A terminal sends Ctrl-C to the whole group: a worker ends by its parent's word only, which is SIGTERM. Without
/// SA_RESTART that ends a blocking accept(); when it comes just before accept() is entered, the parent repeats it.
void take_signals() {
  ::signal(SIGINT, SIG_IGN);
  struct sigaction action {};
  action.sa_handler = [](int) {
    const int saved = errno;
    told_to_stop = true;
    if (current_socket >= 0) ::shutdown(current_socket, SHUT_RDWR);
    errno = saved;
  };
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

class Worker {
 public:
  Worker(Service& service, const StopToken& stop, Tally& tally) : service_(service), stop_(stop), tally_(tally) {}

  void live(int listener) {
    take_signals();
    while (!told_to_stop) {
      Accepted accepted = accept_from(listener, 0);
      if (accepted.status == AcceptStatus::limit) {
        tally_.accept_error = accepted.error;
        ++tally_.accept_pauses;
        stop_.sleep(AcceptPause::kLength);
      } else if (accepted.status == AcceptStatus::accepted) {
        ++tally_.connections;
        serve(accepted.socket);
      }
    }
  }

 private:
  void serve(Descriptor& socket) {
    current_socket = socket.get();
    try {
      const auto session = service_.connect();
      BlockingStream stream(socket.get(), stop_);
      if (!told_to_stop) converse(*session, stream, scratch_, replies_);
    } catch (const std::exception&) {  // Out of memory for this connection: it ends, the worker goes on.
      replies_.clear();
    }
    current_socket = -1;
    socket.reset();
  }

  Service& service_;
  const StopToken& stop_;
  Tally& tally_;
  std::array<char, kReadSize> scratch_;
  std::string replies_;
};

class Prefork final : public Model {
 public:
  StoreKind store_kind(const ModelSetup&) const override { return StoreKind::process_shared; }

  ModelReceipt serve(const Listener& listener, Service& service, const ModelSetup& setup, const StopToken& stop,
                     const std::function<void()>& ready) override {
    constexpr int kMoment = static_cast<int>(AcceptPause::kLength.count());
    set_blocking(listener.socket.get(), true);
    const SharedArray<Tally> tally(1);
    AcceptPause pause;
    Worker worker(service, stop, tally[0]);
    Herd herd([&] { worker.live(listener.socket.get()); }, setup.units);
    if (!herd.fill()) pause.count(Wanted::process, errno);
    if (herd.created() == 0) throw std::system_error(errno, std::generic_category(), "fork the first worker");
    ready();
    while (herd.watch(stop, herd.complete() ? -1 : kMoment)) {
      if (herd.complete()) continue;
      // The rest for a moment keeps workers that die at once from becoming a storm of forks.
      if (stop.sleep(AcceptPause::kLength) && !herd.fill()) pause.count(Wanted::process, errno);
    }
    herd.disband();
    const int refused = tally[0].accept_error;
    return {.connections = tally[0].connections,
            .units_created = herd.created(),
            .peak_live_units = herd.peak(),
            .accept_pauses = pause.times() + tally[0].accept_pauses,
            .limit = refused != 0 && pause.times() == 0 ? name_limit(Wanted::descriptor, refused) : pause.limit()};
  }
};

}  // namespace

std::unique_ptr<Model> make_prefork() {
  return std::make_unique<Prefork>();
}

}  // namespace bakeoff
