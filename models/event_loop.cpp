// event-loop: one thread, one loop, callbacks. The loop is Asio's. With `reactor=epoll` it is one over epoll alone,
// which event_loops.cpp explains, so that the price of the library is a figure.
//
// Who accepts:  the loop too: every connection that waits, and then it waits for the listener again (AsioAcceptor in
//               asio/net.h).
// Who waits:    only the loop, in epoll_wait(). A quiet connection is an entry in the kernel's list.
// Who owns:     a connection owns itself (asio/connection.h); a loop owns read scratch and reply string. No locks.
// Stops:        the stop descriptor is an entry too: the listener is closed, and all connections (asio/connection.h). A
//               computation looks at stop_requested (models/connection.h), since the loop cannot see the stop
//               meanwhile.
// Chosen by:    Redis, Node.js, nginx with one worker, HAProxy with one thread.
// Price:        one CPU for everything: a computation holds up every connection. The code is cut into callbacks.
// Breaks under: long computation, blocking calls, more load than one CPU can carry.
// Left out:     several loops (event_loops.cpp), a pool for computation (hybrid.cpp), deadlines for slow peers.
#include <array>

#include "models/asio/connection.h"
#include "models/asio/net.h"
#include "models/catalogue.h"
#include "models/epoll/server.h"

namespace bakeoff::models {
namespace {

class EventLoop final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup&) const override { return workloads::StoreKind::unshared; }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup,
                     const StopToken& stop, const std::function<void()>& ready) override {
    if (setup.settings.text("reactor") == "epoll") return serve_on_epoll(listener, service, stop, ready);
    // One thread uses the loop, so Asio needs no locks either.
    asio::AsioLoop<asio::InlinePolicy> loop(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE, service, asio::InlinePolicy());
    asio::AsioAcceptor acceptor(
        loop.io, listener, stop, [&](Descriptor socket) { loop.add_connection(std::move(socket)); },
        [&] { loop.abort(); });
    ready();
    loop.io.run();
    return {.connections = acceptor.accepted(), .units = {.created = 1, .peak_live = 1}, .pauses = acceptor.pauses()};
  }

 private:
  static ModelReceipt serve_on_epoll(const Listener& listener, workloads::Service& service, const StopToken& stop,
                                     const std::function<void()>& ready) {
    std::array<ServerTally, 1> tallies;
    epoll::EpollServer server(service, tallies, 0);
    ready();
    server.serve(listener, false, stop);
    ModelReceipt receipt{.units = {.created = 1, .peak_live = 1}};
    add_tallies(receipt, tallies);
    return receipt;
  }
};

}  // namespace

std::unique_ptr<Model> make_event_loop() {
  return std::make_unique<EventLoop>();
}

}  // namespace bakeoff::models
