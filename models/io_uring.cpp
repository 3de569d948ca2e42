// io-uring: one thread, one io_uring. The kernel is asked for results and not for readiness: a proactor.
//
// Who waits:    only the thread, in io_uring_enter(), which also hands the next operations to the kernel. One accept
//               operation serves all connections to come, one receive operation all input of a connection.
// Who owns:     the ring owns the input buffers and lends one with each arrival; a quiet connection has none. A
//               connection owns its socket, session and the replies being sent, and lives until its last operation has
//               completed. No locks.
// Chosen by:    TigerBeetle, newer Seastar (ScyllaDB); the same idea as Windows' completion ports.
// Price:        buffers for the ring (8 MiB of address space); every operation needs its buffers alive until it has
//               completed; Linux 6.0.
// Breaks under: long computation, as every loop does; systems that forbid io_uring, as many containers do.
// Left out:     several rings, registered files, zero-copy sends, kernel threads that poll (SQPOLL).
#include <cerrno>

#include "models/catalogue.h"
#include "models/uring/connection.h"

namespace bakeoff::models {
namespace {

/// Accepts until the stop comes, and serves until the last connection is gone.
class UringAcceptor {
 public:
  UringAcceptor(uring::UringLoop& loop, const Listener& listener, const StopToken& stop)
      : loop_(loop), listener_(listener.socket.get()) {
    loop_.ring.wait_readable(stop.fd(), stopped_);
    loop_.ring.accept_multishot(listener_, accepted_);
  }

  void run() {
    const auto is_busy = [this] { return loop_.client && loop_.client->is_busy(); };
    while (!stopping_ || accepting_ || !loop_.connections.empty() || is_busy()) loop_.ring.run_once();
  }
  ModelReceipt receipt() const {
    return {.connections = connections_, .units = {.created = 1, .peak_live = 1}, .pauses = pauses_};
  }

 private:
  void on_accepted(const uring::Uring::Completion& done) {
    accepting_ = done.more;
    if (done.result >= 0) {
      ++connections_;
      uring::UringConnection::start(loop_, Descriptor(done.result));
      if (stopping_ && !loop_.connections.empty()) loop_.connections.back().shut_down();
    }
    if (accepting_ || stopping_) return;
    accepting_ = true;
    if (done.result < 0 && done.result != -ECONNABORTED) {
      pauses_.count(Resource::descriptor, -done.result);
      return loop_.ring.timeout(AcceptPauses::kLength, pause_ended_);
    }
    loop_.ring.accept_multishot(listener_, accepted_);
  }
  void on_pause_ended(const uring::Uring::Completion&) {
    accepting_ = !stopping_;
    if (accepting_) loop_.ring.accept_multishot(listener_, accepted_);
  }
  void on_stopped(const uring::Uring::Completion&) {
    stopping_ = true;
    loop_.ring.cancel(accepted_);
    loop_.ring.cancel(pause_ended_);
    for (uring::UringConnection& connection : loop_.connections) connection.shut_down();
    if (loop_.client) loop_.client->end();
  }

  uring::UringLoop& loop_;
  int listener_;
  uring::Uring::Operation accepted_ = uring::Uring::Operation::of<&UringAcceptor::on_accepted>(this);
  uring::Uring::Operation pause_ended_ = uring::Uring::Operation::of<&UringAcceptor::on_pause_ended>(this);
  uring::Uring::Operation stopped_ = uring::Uring::Operation::of<&UringAcceptor::on_stopped>(this);
  AcceptPauses pauses_;
  std::uint64_t connections_ = 0;
  bool accepting_ = true;  // Also during a pause.
  bool stopping_ = false;
};

class IoUring final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup&) const override { return workloads::StoreKind::unshared; }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup&, const StopToken& stop,
                     const std::function<void()>& ready) override {
    set_blocking(listener.socket.get(), true);  // Otherwise an accept would fail at once when no peer is waiting.
    uring::UringLoop loop(service);
    UringAcceptor acceptor(loop, listener, stop);
    ready();
    acceptor.run();
    return acceptor.receipt();
  }
};

}  // namespace

std::unique_ptr<Model> make_io_uring() {
  return std::make_unique<IoUring>();
}

}  // namespace bakeoff::models
