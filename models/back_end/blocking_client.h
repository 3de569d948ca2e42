// How models whose units are threads or processes of the operating system call the back end: the unit blocks.
//
// Who waits: the calling thread, in recv(), or on a condition for a connection. A wait is cut into pieces, after each
// of which the thread looks whether it is to stop: the socket keeps that time itself (SO_RCVTIMEO), so a call costs two
// system calls.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "models/back_end/waiting_pool.h"
#include "models/net.h"
#include "workloads/session.h"

namespace bakeoff::models::back_end {

/// See WaitingSocket in link.h.
class BlockingSocket {
 public:
  bool connect(const workloads::BackEnd& server, Clock::time_point until);
  bool send(std::string_view bytes) const;
  std::size_t receive(std::span<char> into, Clock::time_point until) const;
  bool is_open() const { return static_cast<bool>(socket_); }
  void close() { socket_.reset(); }

 private:
  Descriptor socket_;
  std::chrono::milliseconds piece_{0};  ///< How long one recv() waits at most.
};

/// The pool of a process, for all its threads. Processes that are forked later have a copy each, with no connection in
/// it as long as nobody has called before.
using BlockingClient = WaitingPool<std::condition_variable, BlockingSocket>;

/// The client of the service's back end; none where it has none.
inline std::unique_ptr<BlockingClient> make_blocking_client(workloads::Service& service) {
  const workloads::BackEndUse* const use = service.back_end();
  return use != nullptr ? std::make_unique<BlockingClient>(*use) : nullptr;
}

}  // namespace bakeoff::models::back_end
