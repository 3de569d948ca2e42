// threads: a thread for every connection.
//
// Who waits:    the connection's own thread, blocked in recv(), send() or its pause; the kernel wakes it.
// Who owns:     a thread owns its socket, its session and its buffers, all on its stack. ConnectionThreads knows the
//               sockets only so that a stop can shut them down. Sessions share a locked store.
// Chosen by:    MySQL and MariaDB (thread per session), Java servers before NIO, Apache's worker MPM behind its
//               listener, most in-house C++ services.
// Price:        one context switch per request; a stack and kernel memory per connection (about 13 KiB and 20 to 35
//               KiB); locks around everything that is shared.
// Breaks under: many idle connections (memory, and two mappings per thread: about 32,700 threads in one process), and
//               churn, since every connection pays for a thread.
// Left out:     a cap on threads (models that bound them are pools), stack sizing by the user, priorities.
#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <utility>

#include "models/blocking_acceptor.h"
#include "models/blocking_server.h"
#include "models/catalogue.h"
#include "models/os_thread.h"

namespace bakeoff::models {
namespace {

/// The connections that are being served, each on a thread of its own.
class ConnectionThreads {
 public:
  ConnectionThreads(workloads::Service& service, const StopToken& stop)
      : service_(service), stop_(stop), client_(back_end::make_blocking_client(service)) {}

  /// Takes the socket, serves it on a new thread, and returns 0. Where no thread can be made it returns the errno and
  /// leaves the socket.
  int start(Descriptor& socket) {
    auto arguments = std::make_unique<StartArguments>(StartArguments{*this, std::move(socket)});
    std::size_t live = 0;
    {
      const std::lock_guard lock(mutex_);
      sockets_.insert(arguments->socket.get());
      live = sockets_.size();
    }
    pthread_t thread;
    const int error = ::pthread_create(&thread, attributes_.get(), &ConnectionThreads::work, arguments.get());
    const std::lock_guard lock(mutex_);
    if (error != 0) {
      sockets_.erase(arguments->socket.get());
      socket = std::move(arguments->socket);
      return error;
    }
    static_cast<void>(arguments.release());  // The thread's own from here on.
    ++counts_.created;
    counts_.peak_live = std::max<std::uint64_t>(counts_.peak_live, live);
    return 0;
  }

  /// Shuts every connection down and waits until the last thread is gone.
  void stop_all() {
    std::unique_lock lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    gone_.wait(lock, [this] { return sockets_.empty(); });
    if (last_) ::pthread_join(*last_, nullptr);
  }

  const UnitCounts& counts() const { return counts_; }

 private:
  struct StartArguments {
    ConnectionThreads& threads;
    Descriptor socket;
  };

  static void* work(void* argument) {
    const std::unique_ptr<StartArguments> arguments(static_cast<StartArguments*>(argument));
    ConnectionThreads& threads = arguments->threads;
    BlockingServer(threads.service_, threads.stop_, threads.client_.get()).serve(arguments->socket.get());
    threads.on_thread_end(std::move(arguments->socket));
    return nullptr;
  }

  /// Each thread that ends joins the one that ended before it, so at most one finished thread is ever unjoined.
  void on_thread_end(Descriptor socket) {
    std::optional<pthread_t> previous;
    {
      const std::lock_guard lock(mutex_);
      sockets_.erase(socket.get());
      socket.reset();  // Under the lock: stop_all() must not shut down a number that belongs to a new connection.
      previous = std::exchange(last_, ::pthread_self());
      if (sockets_.empty()) gone_.notify_all();
    }
    if (previous) ::pthread_join(*previous, nullptr);
  }

  workloads::Service& service_;
  const StopToken& stop_;
  const std::unique_ptr<back_end::BlockingClient> client_;  // For all threads; none without a back end.
  const ThreadAttributes attributes_{kServingStackBytes};
  std::mutex mutex_;
  std::condition_variable gone_;
  std::unordered_set<int> sockets_;  // One for each thread that has not ended yet.
  std::optional<pthread_t> last_;    // The thread that ended last.
  UnitCounts counts_;
};

class Threads final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup&) const override { return workloads::StoreKind::locked; }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup&, const StopToken& stop,
                     const std::function<void()>& ready) override {
    ConnectionThreads threads(service, stop);
    BlockingAcceptor acceptor(listener, stop, 0);
    ready();
    while (Descriptor socket = acceptor.wait_for_connection()) {
      while (const int error = threads.start(socket)) {
        if (!acceptor.pauses().wait(stop, Resource::thread, error)) break;
      }
    }
    threads.stop_all();
    return {.connections = acceptor.accepted(), .units = threads.counts(), .pauses = acceptor.pauses()};
  }
};

}  // namespace

std::unique_ptr<Model> make_threads() {
  return std::make_unique<Threads>();
}

}  // namespace bakeoff::models
