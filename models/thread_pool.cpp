// thread-pool: N threads made beforehand, each of which serves one connection after another, each to its end. One
// thread accepts. A connection for which no thread is free waits in a queue of bounded length, or behind that in the
// kernel's.
//
// Who waits:    the connection's thread, blocked in recv(), send() or its pause; a thread without a connection, on the
//               queue. The calling thread accepts, and waits for room while the queue is full.
// Who owns:     the queue owns the connections that wait, a thread the one that it serves. The queue knows the sockets
//               of the latter only so that a stop can shut them down. Sessions share a locked store.
// Chosen by:    Tomcat's classic connector (maxThreads and acceptCount are units and queue here), Apache's worker MPM,
//               Jetty and WildFly before NIO, most thread pools in front of a data base.
// Price:        one context switch per request and a stack per connection, as in threads, but no new thread per
//               connection; one hand-over through a lock per connection instead.
// Breaks under: more connections than threads: the next one is accepted, and then gets no reply for as long as the
//               others stay (kept_waiting in the receipt counts them).
// Left out:     pools that grow, a time that a connection may wait, giving a thread back between two requests (that is
//               request-pool).

#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "models/blocking_acceptor.h"
#include "models/blocking_server.h"
#include "models/catalogue.h"
#include "models/connection_queue.h"
#include "models/live_count.h"
#include "models/os_thread.h"

namespace bakeoff::models {
namespace {

/// Used by the accepting thread, except for work().
class ServingThreads {
 public:
  ServingThreads(ConnectionQueue& queue, workloads::Service& service, const StopToken& stop, std::size_t wanted)
      : queue_(queue),
        service_(service),
        stop_(stop),
        client_(back_end::make_blocking_client(service)),
        wanted_(wanted) {
    threads_.reserve(wanted);
  }
  ServingThreads(const ServingThreads&) = delete;
  ServingThreads& operator=(const ServingThreads&) = delete;
  ~ServingThreads() { stop_all(); }

  /// Makes the threads that are missing. Returns 0, or the errno for which one cannot be made.
  int start_missing() try {
    while (threads_.size() < wanted_) {
      threads_.emplace_back(kServingStackBytes, [this] { work(); });
      queue_.add_thread();
    }
    return 0;
  } catch (const std::system_error& error) {
    return error.code().value();
  }

  /// Ends the queue and waits until the last thread is gone.
  void stop_all() {
    queue_.close();
    threads_.clear();
  }

  bool empty() const { return threads_.empty(); }
  UnitCounts counts() const { return live_.counts(); }

 private:
  void work() {
    const LiveCount::Scope alive(live_);
    BlockingServer server(service_, stop_, client_.get());
    for (Descriptor socket; queue_.next(socket);) server.serve(socket.get());
  }

  ConnectionQueue& queue_;
  workloads::Service& service_;
  const StopToken& stop_;
  const std::unique_ptr<back_end::BlockingClient> client_;
  std::size_t wanted_;
  LiveCount live_;
  std::vector<OsThread> threads_;
};

class ThreadPool final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup&) const override { return workloads::StoreKind::locked; }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup,
                     const StopToken& stop, const std::function<void()>& ready) override {
    const int listening_socket = listener.socket.get();
    ConnectionQueue queue(setup.settings.number("queue"));
    ServingThreads threads(queue, service, stop, setup.units);
    BlockingAcceptor acceptor(listener, stop, 0);
    if (const int error = threads.start_missing()) {
      if (threads.empty()) throw std::system_error(error, std::generic_category(), "make the first thread");
      acceptor.pauses().count(Resource::thread, error);
    }
    ready();
    std::uint64_t kept_waiting = 0;
    std::size_t waited = 0;  // Connections of the listen queue that came while ours was full.
    while (Descriptor socket = acceptor.wait_for_connection()) {
      if (queue.push(std::move(socket)) || waited > 0) {
        ++kept_waiting;
        if (const int error = threads.start_missing()) acceptor.pauses().wait(stop, Resource::thread, error);
      }
      if (waited > 0) --waited;
      if (!queue.full()) continue;
      if (!queue.wait_for_room(stop)) break;
      waited = listen_queue_length(listening_socket);
    }
    if (queue.next_must_wait()) kept_waiting += listen_queue_length(listening_socket);
    threads.stop_all();
    return {.connections = acceptor.accepted(),
            .units = threads.counts(),
            .pauses = acceptor.pauses(),
            .kept_waiting = kept_waiting};
  }
};

}  // namespace

std::unique_ptr<Model> make_thread_pool() {
  return std::make_unique<ThreadPool>();
}

}  // namespace bakeoff::models
