// sequential: one connection after another, on the one thread of the one process. The floor: nothing is shared, nobody
// is scheduled, and nothing is done at the same time.
//
// Who waits:    the process, blocked in recv(), send() or its pause, for the one peer that it serves. All other peers
//               wait for that peer to leave.
// Who owns:     the process owns everything. A stop shuts the connection down from the signal handler (socket_to_shut_down in
//               connection.h), so that a request costs two system calls and no look at the stop.
// Chosen by:    the first server of every textbook, debug servers of frameworks (Python's http.server, php -S), daemons
//               of a device with one user (gdbserver).
// Price:        none but the work. It is what the other models' prices are counted from, with one connection.
// Breaks under: a second connection: it waits for as long as the first stays, whether that says anything or not.
// Left out:     a time after which a silent peer is sent away.
#include <algorithm>

#include "models/catalogue.h"
#include "models/connection.h"

namespace bakeoff::models {
namespace {

class Sequential final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup&) const override { return workloads::StoreKind::unshared; }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup&, const StopToken& stop,
                     const std::function<void()>& ready) override {
    const int listening_socket = listener.socket.get();
    BlockingServer server(service, stop);
    AcceptPause pause;
    ModelReceipt receipt{.units_created = 1, .peak_live_units = 1};
    ready();
    while (wait_acceptable(listening_socket, stop)) {
      const Accepted accepted = accept_from(listening_socket, 0);
      if (accepted.status == AcceptStatus::limit) pause.wait(stop, Resource::descriptor, accepted.error);
      if (accepted.status != AcceptStatus::accepted) continue;
      ++receipt.connections;
      {
        const ShutDownOnStop held(accepted.socket.get());
        server.serve(accepted.socket.get());
      }
      // Who stands there now came meanwhile, or earlier still. The first is next; a stop leaves all of them standing.
      const std::size_t waiting = listen_queue_length(listening_socket);
      receipt.kept_waiting += stop_requested ? waiting : std::min<std::size_t>(waiting, 1);
    }
    receipt.accept_pauses = pause.times();
    receipt.limit = pause.limit();
    return receipt;
  }
};

}  // namespace

std::unique_ptr<Model> make_sequential() {
  return std::make_unique<Sequential>();
}

}  // namespace bakeoff::models
