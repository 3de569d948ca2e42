// Where a load connects to: an address with its port, or a Unix socket.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

namespace bakeoff::load {

struct AgentPlan;

struct SocketAddress {
  sockaddr_storage address{};
  socklen_t length = 0;
  int family() const { return address.ss_family; }
  bool is_ipv4_loopback() const;
  bool is_unix() const { return family() == AF_UNIX; }
  /// The address in digits; "" for a Unix socket.
  std::string host() const;
  /// "127.0.0.1:8080", "[::1]:8080", "/run/server.sock".
  std::string text() const;
};

/// All addresses of a host, in the order in which they are to be tried, each once. Blocks for the resolver; throws
/// std::runtime_error naming the host.
std::vector<SocketAddress> addresses_of(const std::string& host, std::uint16_t port);

/// The first of them: of an address in digits, the only one.
SocketAddress resolve(const std::string& host, std::uint16_t port);

/// The plan's server: its Unix socket, or else resolve() of its host. Throws std::runtime_error also for a path that no
/// socket can have.
SocketAddress address_of(const AgentPlan& plan);

/// Why no connection was made, in one line: "connect to 127.0.0.1:8080: Connection refused".
std::string connect_failure(const SocketAddress& peer, const std::string& reason);
std::string connect_failure(const SocketAddress& peer, int code);

/// An errno of connect() in words.
std::string connect_reason(const SocketAddress& peer, int code);

/// Whether connect() ended with this errno because the server's accept queue is full. Of a Unix socket it says so at
/// once, and with TCP it waits.
bool is_accept_queue_full(const SocketAddress& peer, int code);

/// Before a load, and beside it, such a connection is tried again after so long.
inline constexpr std::uint64_t kFullQueuePauseNs = 1'000'000;

}  // namespace bakeoff::load
