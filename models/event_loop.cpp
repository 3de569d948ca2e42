// event-loop: one thread, one Asio loop, callbacks.
//
// Who waits:    only the loop, in epoll_wait(). A quiet connection is an entry in the kernel's list.
// Who owns:     a connection owns itself (asio/connection.h); a loop owns read scratch and reply string. No locks.
// Stops:        the stop descriptor is an entry too: the listener is closed, and all connections (asio/connection.h).
// Chosen by:    Redis, Node.js, nginx with one worker, HAProxy with one thread.
// Price:        one CPU for everything: a computation holds up every connection. The code is cut into callbacks.
// Breaks under: long computation, blocking calls, more load than one CPU can carry.
// Left out:     several loops (event_loops.cpp), a pool for computation (hybrid.cpp), deadlines for slow peers.
#include <boost/asio/post.hpp>

#include "models/asio/connection.h"
#include "models/catalogue.h"

namespace bakeoff::models {
namespace {

/// The loop does everything itself.
struct InlinePolicy {
  using Connection = asio::AsioConnection<InlinePolicy>;

  /// The loop waits for all timers at once, and takes the step when this one is over.
  void wait(Connection& connection, const workloads::Step& step) const {
    connection.pause(step.pause, [&connection, step](asio::error_code error) {
      connection.on_complete(
          error, [&] { connection.drive(perform_step(connection.session(), step, connection.loop().replies)); });
    });
  }

  /// Every connection waits while this one computes, which is the model's price. The others get a turn before this one
  /// goes on.
  void compute(Connection& connection, const workloads::Step& step) const {
    const workloads::Step next = perform_step(connection.session(), step, connection.loop().replies);
    if (!connection.flush(next)) return;
    boost::asio::post(connection.loop().io,
                      [&connection, next] { connection.on_complete({}, [&] { connection.drive(next); }); });
  }
};

class EventLoop final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup&) const override { return workloads::StoreKind::unshared; }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup&, const StopToken& stop,
                     const std::function<void()>& ready) override {
    // One thread uses the loop, so Asio needs no locks either.
    asio::AsioLoop<InlinePolicy> loop(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE, service, InlinePolicy());
    asio::AsioAcceptor acceptor(
        loop.io, listener, stop, [&](Descriptor socket) { loop.add_connection(std::move(socket)); },
        [&] { loop.abort(); });
    ready();
    loop.io.run();
    return {.connections = acceptor.accepted(), .units = {.created = 1, .peak_live = 1}, .pauses = acceptor.pauses()};
  }
};

}  // namespace

std::unique_ptr<Model> make_event_loop() {
  return std::make_unique<EventLoop>();
}

}  // namespace bakeoff::models
