#include "harness/load/socket_address.h"

#include <netdb.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "harness/load/plan.h"
#include "harness/measure/plain_text.h"
#include "harness/measure/unix_socket.h"

namespace bakeoff::load {
namespace {

struct HostAndPort {
  std::string host, port;
};

/// Both in digits.
HostAndPort digits_of(const SocketAddress& peer) {
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  const int code = ::getnameinfo(reinterpret_cast<const sockaddr*>(&peer.address), peer.length, host.data(),
                                 host.size(), port.data(), port.size(), NI_NUMERICHOST | NI_NUMERICSERV);
  if (code != 0) return {};
  return {host.data(), port.data()};
}

SocketAddress unix_socket(const std::string& path) {
  const sockaddr_un address = measure::unix_address(path);
  SocketAddress peer;
  std::memcpy(&peer.address, &address, sizeof address);
  peer.length = sizeof address;
  return peer;
}

}  // namespace

bool SocketAddress::is_ipv4_loopback() const {
  if (family() != AF_INET) return false;
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
}

std::string SocketAddress::host() const {
  return is_unix() ? "" : digits_of(*this).host;
}

std::string SocketAddress::text() const {
  if (is_unix()) return measure::plain_line(reinterpret_cast<const sockaddr_un&>(address).sun_path);
  const HostAndPort digits = digits_of(*this);
  return (family() == AF_INET6 ? "[" + digits.host + "]" : digits.host) + ":" + digits.port;
}

std::vector<SocketAddress> addresses_of(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  // A literal address is taken as it is, whatever addresses the machine has configured.
  hints.ai_flags = AI_NUMERICHOST;
  int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (const std::size_t zone = host.find('%'); code != 0 && zone != std::string::npos) {
    throw std::runtime_error("host " + host + ": found no network interface " + host.substr(zone + 1) +
                             ", expected one of this machine (ip link lists them)");
  }
  if (code == EAI_NONAME) {
    hints.ai_flags = AI_ADDRCONFIG;
    code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  }
  if (code != 0) throw std::runtime_error("host " + host + ": " + ::gai_strerror(code));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> found(list, ::freeaddrinfo);
  std::vector<SocketAddress> addresses;
  for (const addrinfo* one = found.get(); one != nullptr; one = one->ai_next) {
    SocketAddress peer;
    std::memcpy(&peer.address, one->ai_addr, one->ai_addrlen);
    peer.length = one->ai_addrlen;
    // A hosts file may say the same twice.
    const bool known = std::ranges::any_of(addresses, [&](const SocketAddress& other) {
      return other.length == peer.length && std::memcmp(&other.address, &peer.address, peer.length) == 0;
    });
    if (!known) addresses.push_back(peer);
  }
  return addresses;
}

SocketAddress resolve(const std::string& host, std::uint16_t port) {
  return addresses_of(host, port).front();
}

SocketAddress address_of(const AgentPlan& plan) try {
  return plan.unix_socket.empty() ? resolve(plan.host, plan.port) : unix_socket(plan.unix_socket);
} catch (const std::invalid_argument& error) {
  throw std::runtime_error(std::string("Unix socket: ") + error.what());
}

std::string connect_failure(const SocketAddress& peer, const std::string& reason) {
  return "connect to " + peer.text() + ": " + reason;
}

std::string connect_failure(const SocketAddress& peer, int code) {
  return connect_failure(peer, connect_reason(peer, code));
}

std::string connect_reason(const SocketAddress& peer, int code) {
  return is_accept_queue_full(peer, code) ? "its accept queue is full" : std::strerror(code);
}

bool is_accept_queue_full(const SocketAddress& peer, int code) {
  return peer.is_unix() && code == EAGAIN;
}

}  // namespace bakeoff::load
