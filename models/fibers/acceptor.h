// The fiber that accepts connections.
//
// Who waits: the fiber, for the listener; the caller's fiber, for the stop. Who owns: the caller owns the listener.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <boost/fiber/fiber.hpp>
#include <functional>
#include <utility>

#include "models/fibers/descriptor.h"
#include "models/fibers/scheduler.h"
#include "models/model.h"
#include "models/net.h"

namespace bakeoff::models::fibers {

/// Accepts on a fiber of its own, hands each connection over, and suspends the calling fiber until the stop comes. When
/// descriptors or memory run out it pauses, and counts that in the receipt.
inline void accept_until(const StopToken& stop, int listener, ModelReceipt& receipt, const std::function<void()>& ready,
                         const std::function<void(Descriptor)>& add_connection) {
  FiberDescriptor acceptable(listener), stopped(stop.fd());
  std::atomic<bool> stopping{false};
  boost::fibers::fiber acceptor([&] {
    for (;;) {
      acceptable.await_readable();
      const auto taken = acceptable.consume_readable();
      if (stopping) return;  // Only now: the event that was consumed may have been wake() below.
      Accepted accepted = accept_from(listener, SOCK_NONBLOCK);
      if (accepted.status != AcceptStatus::nothing) acceptable.restore(taken);
      if (accepted.status == AcceptStatus::limit) {
        receipt.pauses.count(Resource::descriptor, accepted.error);
        FiberScheduler::current().sleep(AcceptPauses::kLength);
      }
      if (accepted.status == AcceptStatus::accepted) add_connection(std::move(accepted.socket));
    }
  });
  ready();
  stopped.await_readable();
  stopping = true;
  acceptable.wake();
  acceptor.join();
}

}  // namespace bakeoff::models::fibers
