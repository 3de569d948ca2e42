// sequential: one connection after another, on the one thread of the one process. The floor: nothing is shared, nothing
// is scheduled, and nothing is done at the same time.
//
// Who waits:    the process, blocked in recv(), send() or its pause, for the one peer that it serves. All other peers
//               wait for that peer to leave.
// Who owns:     the process owns everything. The signal handler shuts the connection down on a stop (ShutDownOnStop in
//               stop_request.h), so that a request costs two system calls and no look at the stop token.
// Chosen by:    the first server of every textbook, debug servers of frameworks (Python's http.server, php -S), daemons
//               of a device with one user (gdbserver).
// Price:        the work alone. With one connection, the other models' prices are counted from here.
// Breaks under: a second connection: it waits for as long as the first one stays, busy or silent.
// Left out:     a time after which a silent peer is sent away.
#include <algorithm>

#include "models/blocking_acceptor.h"
#include "models/blocking_server.h"
#include "models/catalogue.h"

namespace bakeoff::models {
namespace {

class Sequential final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup&) const override { return workloads::StoreKind::unshared; }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup&, const StopToken& stop,
                     const std::function<void()>& ready) override {
    const auto client = back_end::make_blocking_client(service);
    BlockingServer server(service, stop, client.get());
    BlockingAcceptor acceptor(listener, stop, 0);
    std::uint64_t kept_waiting = 0;
    ready();
    while (const Descriptor socket = acceptor.wait_for_connection()) {
      {
        const ShutDownOnStop held(socket.get());
        server.serve(socket.get());
      }
      // The peers in the queue came while this one was served, or earlier. The first is served next, and is counted
      // now; a stop leaves all of them unserved.
      const std::size_t waiting = listen_queue_length(listener.socket.get());
      kept_waiting += stop_requested ? waiting : std::min<std::size_t>(waiting, 1);
    }
    return {.connections = acceptor.accepted(),
            .units = {.created = 1, .peak_live = 1},
            .pauses = acceptor.pauses(),
            .kept_waiting = kept_waiting};
  }
};

}  // namespace

std::unique_ptr<Model> make_sequential() {
  return std::make_unique<Sequential>();
}

}  // namespace bakeoff::models
