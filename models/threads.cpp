// threads: a thread for every connection.
//
// Who waits:    the connection's own thread, blocked in recv(), send() or its pause; the kernel wakes it.
// Who owns:     a thread owns its socket, its session and its buffers, all on its stack. ConnectionThreads knows the sockets
//               only so that stopping can shut them down. Sessions share a locked store.
// Chosen by:    MySQL and MariaDB (thread per session), Java servers before NIO, Apache's worker MPM behind its
//               listener, most in-house C++ services.
// Price:        one context switch a request, a stack and kernel memory a connection (about 13 KiB and 20 to 35 KiB),
//               locks around everything that is shared.
// Breaks under: many idle connections (memory, and two mappings a thread: about 32,700 threads a process), and churn,
//               since every connection pays for a thread.
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

#include "models/catalogue.h"
#include "models/connection.h"

namespace bakeoff::models {
namespace {

// Modest, because the C library keeps only 40 MiB of finished stacks for reuse, and because a stack of the usual 8 MiB
// can be given a huge page of 2 MiB for its first byte.
constexpr std::size_t kStackBytes = 256 * 1024;

/// The connections that are being served, a thread each.
class ConnectionThreads {
 public:
  ConnectionThreads(workloads::Service& service, const StopToken& stop) : service_(service), stop_(stop) {}

  /// Takes the socket and serves it on a thread of its own. Otherwise the errno for which no thread can be made, and
  /// the socket is left.
  int start(Descriptor& socket) {
    auto arguments = std::make_unique<StartArguments>(*this, std::move(socket));
    std::size_t live = 0;
    {
      const std::lock_guard lock(mutex_);
      sockets_.insert(arguments->socket.get());
      live = sockets_.size();
    }
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, kStackBytes);
    pthread_t thread;
    const int error = ::pthread_create(&thread, &attributes, &ConnectionThreads::work, arguments.get());
    ::pthread_attr_destroy(&attributes);
    const std::lock_guard lock(mutex_);
    if (error != 0) {
      sockets_.erase(arguments->socket.get());
      socket = std::move(arguments->socket);
      return error;
    }
    static_cast<void>(arguments.release());  // The thread's own from here on.
    ++created_;
    peak_ = std::max<std::uint64_t>(peak_, live);
    return 0;
  }

  /// Shuts every connection down and waits until the last thread is gone.
  void stop_all() {
    std::unique_lock lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    gone_.wait(lock, [this] { return sockets_.empty(); });
    if (last_) ::pthread_join(*last_, nullptr);
  }

  std::uint64_t created() const { return created_; }
  std::uint64_t peak() const { return peak_; }

 private:
  struct StartArguments {
    ConnectionThreads& threads;
    Descriptor socket;
  };

  static void* work(void* argument) {
    const std::unique_ptr<StartArguments> arguments(static_cast<StartArguments*>(argument));
    BlockingServer(arguments->threads.service_, arguments->threads.stop_).serve(arguments->socket.get());
    arguments->threads.on_thread_end(std::move(arguments->socket));
    return nullptr;
  }

  /// Each thread that ends joins the one that ended before it, so at most one finished thread is ever unjoined.
  void on_thread_end(Descriptor socket) {
    std::optional<pthread_t> previous;
    {
      const std::lock_guard lock(mutex_);
      sockets_.erase(socket.get());
      socket.reset();  // Under the lock: stop_all() must not shut down a number that was given out again.
      previous = std::exchange(last_, ::pthread_self());
      if (sockets_.empty()) gone_.notify_all();
    }
    if (previous) ::pthread_join(*previous, nullptr);
  }

  workloads::Service& service_;
  const StopToken& stop_;
  std::mutex mutex_;
  std::condition_variable gone_;
  std::unordered_set<int> sockets_;  // One for each thread that has not left yet.
  std::optional<pthread_t> last_;    // The thread that left last.
  std::uint64_t created_ = 0;
  std::uint64_t peak_ = 0;
};

class Threads final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup&) const override { return workloads::StoreKind::locked; }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup&, const StopToken& stop,
                     const std::function<void()>& ready) override {
    ConnectionThreads threads(service, stop);
    AcceptPause pause;
    ModelReceipt receipt;
    ready();
    while (wait_acceptable(listener.socket.get(), stop)) {
      Accepted accepted = accept_from(listener.socket.get(), 0);
      if (accepted.status == AcceptStatus::nothing) continue;
      if (accepted.status == AcceptStatus::limit) {
        pause.wait(stop, Resource::descriptor, accepted.error);
        continue;
      }
      ++receipt.connections;
      while (const int error = threads.start(accepted.socket)) {
        if (!pause.wait(stop, Resource::thread, error)) break;
      }
    }
    threads.stop_all();
    receipt.units_created = threads.created();
    receipt.peak_live_units = threads.peak();
    receipt.accept_pauses = pause.times();
    receipt.limit = pause.limit();
    return receipt;
  }
};

}  // namespace

std::unique_ptr<Model> make_threads() {
  return std::make_unique<Threads>();
}

}  // namespace bakeoff::models
