// One connection of a load agent: a socket, the client session that speaks on it, and what is in flight.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "harness/load/pauses.h"
#include "harness/load/socket_address.h"
#include "workloads/session.h"

namespace bakeoff::load {

/// "ECONNREFUSED": as ErrorCount::code.
std::string errno_name(int code);

struct LoadConnection {
  enum class State : std::uint8_t { closed, connecting, open };

  LoadConnection() = default;
  LoadConnection(LoadConnection&& other) noexcept { *this = std::move(other); }
  LoadConnection& operator=(LoadConnection&& other) noexcept {
    std::swap(fd, other.fd);
    std::swap(state, other.state);
    std::swap(fresh, other.fresh);
    std::swap(asked, other.asked);
    std::swap(served, other.served);
    std::swap(replied, other.replied);
    std::swap(unread, other.unread);
    std::swap(index, other.index);
    std::swap(generation, other.generation);
    std::swap(first, other.first);
    std::swap(in_flight, other.in_flight);
    std::swap(sent, other.sent);
    std::swap(session_left, other.session_left);
    std::swap(begun_ns, other.begun_ns);
    std::swap(pause, other.pause);
    std::swap(paused_ns, other.paused_ns);
    session.swap(other.session);
    unsent.swap(other.unsent);
    return *this;
  }
  ~LoadConnection() { shut(); }

  /// Begins a non-blocking connect, from `source` when it is not null. 0 when it is done or under way (state tells
  /// which), otherwise the errno.
  int begin_connect(const SocketAddress& peer, const SocketAddress* source = nullptr);
  /// The outcome of a connect that has become writable: 0 or its errno. Sets state.
  int finish_connect();
  /// Closes the socket; what was in flight stays in in_flight, for the caller to count.
  void shut();

  int fd = -1;
  State state = State::closed;
  bool fresh = true;               ///< The session has not been spoken with since it was made.
  bool asked = false;              ///< A request of the window was sent on it, on whatever socket it had then;
  bool served = false;             ///< and one was answered.
  bool replied = false;            ///< A reply has come on this socket or, while there is none, on the last one.
  bool unread = false;             ///< More has come on this socket than was read at once.
  std::uint32_t index = 0;         ///< In its generator thread.
  std::uint32_t generation = 0;    ///< Counts the connections that it has been.
  std::uint32_t first = 0;         ///< Place of the oldest unanswered request in the thread's ring of stamps.
  std::uint32_t in_flight = 0;     ///< Requests not answered yet.
  std::uint64_t sent = 0;          ///< Requests so far, on this socket.
  std::uint64_t session_left = 0;  ///< Requests that the load's session on it has still to send.
  std::uint64_t begun_ns = 0;      ///< When the connect began.
  Pause pause = Pause::none;       ///< What the generator itself keeps it waiting for,
  std::uint64_t paused_ns = 0;     ///< and since when.
  std::unique_ptr<workloads::ClientSession> session;
  std::string unsent;  ///< What the socket has not taken yet.
};

}  // namespace bakeoff::load
