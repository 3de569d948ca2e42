// One connection of a load agent: a socket, the client session that speaks on it, and what is in flight.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "workloads/session.h"

namespace bakeoff {

/// An address to connect to. resolve() blocks for the resolver; throws std::runtime_error naming the host.
struct Peer {
  sockaddr_storage address{};
  socklen_t length = 0;
  int family() const { return address.ss_family; }
};
Peer resolve(const std::string& host, std::uint16_t port);

struct Link {
  enum class State : std::uint8_t { closed, connecting, open };

  Link() = default;
  Link(Link&& other) noexcept { *this = std::move(other); }
  Link& operator=(Link&& other) noexcept {
    std::swap(fd, other.fd);
    std::swap(state, other.state);
    std::swap(watches_output, other.watches_output);
    std::swap(number, other.number);
    std::swap(in_flight, other.in_flight);
    std::swap(sent_ns, other.sent_ns);
    std::swap(replies, other.replies);
    session.swap(other.session);
    unsent.swap(other.unsent);
    return *this;
  }
  ~Link() { shut(); }

  /// Begins a non-blocking connect. 0 when it is done or under way (state tells which), otherwise the errno.
  int begin_connect(const Peer& peer);
  /// The outcome of a connect that has become writable: 0 or its errno. Sets state.
  int finish_connect();
  /// Closes the socket; what was in flight stays counted in in_flight for the caller to settle.
  void shut();

  int fd = -1;
  State state = State::closed;
  bool watches_output = false;  ///< EPOLLOUT is armed.
  std::uint32_t number = 0;     ///< Of the load: fixes the session's content.
  std::uint32_t in_flight = 0;  ///< Requests of the batch not answered yet.
  std::uint64_t sent_ns = 0;    ///< When the batch was sent.
  std::uint64_t replies = 0;    ///< Over the connection's life, reconnects included.
  std::unique_ptr<ClientSession> session;
  std::string unsent;  ///< The rest of a batch that the socket did not take.
};

}  // namespace bakeoff
