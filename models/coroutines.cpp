// coroutines: a C++20 coroutine for every connection, on one Asio loop or on N of them.
//
// Who waits:    the connection's own coroutine, suspended at a co_await; its loop waits in epoll_wait() for all of
//               them. The code reads like that of threads, and every place where others may run is marked.
// Who owns:     a coroutine's frame, on the heap, owns the socket, the session, the input buffer and the unsent rest. A
//               loop (a thread) owns one read scratch and one reply string. The first loop also accepts and deals the
//               sockets out in turn.
// Chosen by:    Rust's tokio, Python's asyncio, JavaScript's async/await, C#, Kotlin.
// Price:        a frame per connection (about as much as it uses, and no stack); one resumption per wait more than a
//               callback costs; every function that waits has to be a coroutine too. One loop needs no lock; several
//               share a locked store.
// Breaks under: computation and calls that block the thread: they hold up every coroutine on it.
// Left out:     moving a coroutine to another thread, cancellation by the caller, deadlines.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <exception>
#include <optional>

#include "models/asio/back_end.h"
#include "models/asio/coroutine_connection.h"
#include "models/asio/disconnect_watch.h"
#include "models/asio/loop_thread.h"
#include "models/asio/net.h"
#include "models/catalogue.h"
#include "models/connection.h"
#include "models/connection_list.h"
#include "models/live_count.h"

namespace bakeoff::models {
namespace {

/// The connections of one loop. Used on its thread.
class CoroutineConnections {
 public:
  CoroutineConnections(workloads::Service& service, LiveCount& live) : service_(service), live_(live) {
    if (const workloads::BackEndUse* use = service.back_end()) client_.emplace(io_, *use);
  }

  boost::asio::io_context& io() { return io_; }

  /// Serves the socket on a coroutine of its own, which runs at once up to its first wait. Without memory for one, the
  /// peer sees a closed connection.
  void add_connection(Descriptor socket) try {
    boost::asio::co_spawn(io_, serve(std::move(socket)), boost::asio::detached);
  } catch (const std::exception&) {
  }

  /// Has every coroutine end, and with the last of them the loop.
  void abort() {
    stopping_ = true;
    for (asio::CoroutineConnection& connection : connections_) connection.abort();
    peers_.end();
    if (client_) client_->end();
  }

 private:
  asio::LoopTask serve(Descriptor accepted) {
    const LiveCount::Scope held(live_);
    try {
      asio::CoroutineConnection connection(io_, std::move(accepted));
      connections_.push_back(connection);
      const auto session = service_.connect();
      co_await converse(*session, connection);
    } catch (const std::exception&) {  // Out of memory for this connection: it ends, the others go on.
      drop_replies(replies_);
    }
  }

  /// The same order of things as converse() in connection.h.
  asio::LoopTask converse(workloads::ServerSession& session, asio::CoroutineConnection& connection) {
    asio::ConnectionInput own;
    OpenFile file;
    while (!stopping_) {
      const auto [error, size] =
          co_await connection.socket.async_read_some(boost::asio::buffer(own), asio::kAwaitResult);
      if (error || stopping_) co_return;
      workloads::Step step = asio::feed_all(session, connection.socket.native_handle(), own, size, scratch_, replies_);
      for (;;) {
        if (step.want == workloads::Step::Want::send_file) {
          if (!co_await asio::send_file(connection, step.file.transfer, file, replies_)) co_return;
        } else if (!replies_.empty()) {
          const auto sent = send_what_fits(connection.socket.native_handle(), replies_);
          if (!sent) co_return;
          if (!replies_.empty() && !co_await asio::send_rest(connection, *sent, replies_)) co_return;
        }
        if (step.want == workloads::Step::Want::input) break;
        if (step.want == workloads::Step::Want::close) co_return shutdown_and_drain(connection.socket.native_handle());
        if (step.want == workloads::Step::Want::wait) {
          if (!connection.begin_pause(step.pause, peers_)) co_return;
          const auto [cancelled] = co_await connection.timer.async_wait(asio::kAwaitResult);
          if (cancelled) co_return;
        }
        // It computes on the loop, which is the model's price; but the others get a turn first.
        if (step.want == workloads::Step::Want::compute) co_await boost::asio::post(io_, boost::asio::deferred);
        const bool call = step.want == workloads::Step::Want::call;
        if (call && !client_->call(connection.calls(), step.calls)) co_await connection.called();
        if (stopping_) co_return;
        step =
            call ? session.resume(connection.calls().result(), replies_) : perform_step(session, step, file, replies_);
      }
    }
  }

  boost::asio::io_context io_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};  // One thread uses it, so Asio needs no locks.
  asio::DisconnectWatch peers_{io_};
  std::optional<asio::AsioBackEnd> client_;
  workloads::Service& service_;
  LiveCount& live_;
  bool stopping_ = false;
  asio::InputScratch scratch_;
  std::string replies_;  // Empty at every co_await.
  ConnectionList<asio::CoroutineConnection> connections_;
};

class Coroutines final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup& setup) const override {
    return setup.units == 1 ? workloads::StoreKind::unshared : workloads::StoreKind::locked;
  }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup,
                     const StopToken& stop, const std::function<void()>& ready) override {
    LiveCount live;
    CoroutineConnections main_loop(service, live);
    std::deque<asio::AsioLoopThread<CoroutineConnections>> others;
    while (others.size() + 1 < setup.units) others.emplace_back(service, live);
    std::size_t turn = 0;
    asio::AsioAcceptor acceptor(
        main_loop.io(), listener, stop,
        [&](Descriptor socket) {
          const std::size_t next = turn++ % setup.units;
          next == 0 ? main_loop.add_connection(std::move(socket)) : others[next - 1].add_connection(std::move(socket));
        },
        [&] { main_loop.abort(); });
    ready();
    main_loop.io().run();
    others.clear();  // Aborts their connections and joins their threads.
    return {.connections = acceptor.accepted(), .units = live.counts(), .pauses = acceptor.pauses()};
  }
};

}  // namespace

std::unique_ptr<Model> make_coroutines() {
  return std::make_unique<Coroutines>();
}

}  // namespace bakeoff::models
