// thread-pool: N threads made beforehand, each of which holds one connection after another for its life. One thread
// accepts; whom no thread is free for waits in a queue of bounded length, and behind that in the kernel's.
//
// Who waits:    the connection's thread, blocked in recv(), send() or its pause; a thread without a connection, on the
//               queue. The calling thread accepts, and waits for room while the queue is full.
// Who owns:     the queue the connections that wait, a thread the one that it serves. The pool knows the sockets only
//               so that stopping can shut them down. Sessions share a locked store.
// Chosen by:    Tomcat's classic connector (maxThreads and acceptCount are units and queue here), Apache's worker MPM,
//               Jetty and WildFly before NIO, most thread pools in front of a data base.
// Price:        one context switch a request and a stack a connection, as in threads, but no thread made for each; one
//               hand-over through a lock a connection.
// Breaks under: more connections than threads: the next one is accepted, and then hears nothing for as long as the
//               others stay (kept_waiting in the receipt counts them).
// Left out:     pools that grow, a time that a connection may wait, giving a thread back between two requests (that is
//               request-pool).
#include <pthread.h>

#include <system_error>
#include <utility>
#include <vector>

#include "models/connection_queue.h"
#include "models/catalogue.h"
#include "models/connection.h"
#include "models/live_count.h"

namespace bakeoff::models {
namespace {

constexpr std::size_t kPoolStackBytes = 256 * 1024;  // As in threads.

/// The threads. Everything but their work is called by the accepting thread.
class Pool {
 public:
  Pool(ConnectionQueue& queue, workloads::Service& service, const StopToken& stop, std::size_t wanted)
      : queue_(queue), service_(service), stop_(stop), wanted_(wanted) {
    threads_.reserve(wanted);
  }

  /// Makes the threads that are missing. 0, or the errno for which one cannot be made.
  int start_missing() {
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, kPoolStackBytes);
    int error = 0;
    while (threads_.size() < wanted_) {
      pthread_t thread;
      error = ::pthread_create(&thread, &attributes, &Pool::work, this);
      if (error != 0) break;
      threads_.push_back(thread);
      queue_.add_thread();
    }
    ::pthread_attr_destroy(&attributes);
    return error;
  }

  /// Ends the queue and waits until the last thread is gone.
  void stop_all() {
    queue_.close();
    for (const pthread_t thread : threads_) ::pthread_join(thread, nullptr);
  }

  bool empty() const { return threads_.empty(); }
  const LiveCount& live() const { return live_; }

 private:
  static void* work(void* argument) {
    Pool& pool = *static_cast<Pool*>(argument);
    const LiveCount::Scope alive(pool.live_);
    BlockingServer server(pool.service_, pool.stop_);
    for (Descriptor socket; pool.queue_.next(socket);) server.serve(socket.get());
    return nullptr;
  }

  ConnectionQueue& queue_;
  workloads::Service& service_;
  const StopToken& stop_;
  std::size_t wanted_;
  std::vector<pthread_t> threads_;
  LiveCount live_;
};

class ThreadPool final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup&) const override { return workloads::StoreKind::locked; }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup, const StopToken& stop,
                     const std::function<void()>& ready) override {
    const int listening_socket = listener.socket.get();
    ConnectionQueue queue(setup.settings.number("queue"));
    Pool pool(queue, service, stop, setup.units);
    AcceptPause pause;
    ModelReceipt receipt;
    if (const int error = pool.start_missing()) {
      if (pool.empty()) throw std::system_error(error, std::generic_category(), "make the first thread");
      pause.count(Resource::thread, error);
    }
    ready();
    std::size_t waited = 0;  // Of those in the listen queue: they came while ours was full.
    while (wait_acceptable(listening_socket, stop)) {
      Accepted accepted = accept_from(listening_socket, 0);
      if (accepted.status == AcceptStatus::limit) pause.wait(stop, Resource::descriptor, accepted.error);
      if (accepted.status != AcceptStatus::accepted) continue;
      ++receipt.connections;
      if (queue.push(std::move(accepted.socket)) || waited > 0) {
        ++receipt.kept_waiting;
        if (const int error = pool.start_missing()) pause.wait(stop, Resource::thread, error);
      }
      if (waited > 0) --waited;
      if (!queue.full()) continue;
      if (!queue.wait_for_room(stop)) break;
      waited = listen_queue_length(listening_socket);
    }
    if (queue.next_must_wait()) receipt.kept_waiting += listen_queue_length(listening_socket);
    pool.stop_all();
    receipt.units_created = pool.live().begun();
    receipt.peak_live_units = pool.live().peak();
    receipt.accept_pauses = pause.times();
    receipt.limit = pause.limit();
    return receipt;
  }
};

}  // namespace

std::unique_ptr<Model> make_thread_pool() {
  return std::make_unique<ThreadPool>();
}

}  // namespace bakeoff::models
